import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { KeyringError, createKeyring, parseKeyring, serializeKeyring, type Keyring } from '@/lib/crypto/keyring';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;

/** The keyring file cannot be used. The message names the file and says what to do; nothing was changed. */
export class KeyringFileError extends Error {
  override readonly name = 'KeyringFileError';
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readText(path: string): string {
  const file = openSync(path, 'r');
  try {
    // Of the open file, not of the path, so that what is checked is what is read.
    const stat = fstatSync(file);
    if (!stat.isFile())
      throw new KeyringFileError(`The keyring ${path} is not a file. Move it away, or set another path.`);
    if ((stat.mode & OTHERS) !== 0) {
      const mode = (stat.mode & 0o777).toString(8);
      throw new KeyringFileError(
        `The keyring ${path} can be read or changed by others (mode ${mode}). Run: chmod 600 ${path}`,
      );
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** The keyring, or `undefined` when there is no such file. Throws {@link KeyringFileError}. */
export function readKeyringFile(path: string): Keyring | undefined {
  try {
    return parseKeyring(readText(path));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (error instanceof KeyringFileError) throw error;
    if (error instanceof KeyringError) {
      throw new KeyringFileError(
        `The keyring ${path} cannot be used. ${error.message}. It was left as it is: put back the copy from your backup.`,
      );
    }
    throw new KeyringFileError(`The keyring ${path} cannot be read: ${reasonOf(error)}`);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A complete, durable file beside `path`, which `publish` then gives its name; the spare one is removed whatever happens. */
function writeBeside(path: string, keyring: Keyring, publish: (written: string) => void): void {
  const written = join(dirname(path), `.keyring-${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = openSync(written, 'wx', FILE_MODE);
    try {
      writeFileSync(file, serializeKeyring(keyring));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    publish(written);
    syncFolder(dirname(path));
  } finally {
    rmSync(written, { force: true });
  }
}

/**
 * The keyring at `path`, made at the first start. Two processes that start at once get the same one: a hard link is
 * made for the first only, and the other reads what the first wrote. Never overwrites. Throws {@link KeyringFileError}.
 */
export function loadOrCreateKeyring(path: string): { keyring: Keyring; created: boolean } {
  const found = readKeyringFile(path);
  if (found !== undefined) return { keyring: found, created: false };
  const keyring = createKeyring();
  try {
    mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
    writeBeside(path, keyring, (written) => linkSync(written, path));
    return { keyring, created: true };
  } catch (error) {
    const theirs = hasCode(error, 'EEXIST') ? readKeyringFile(path) : undefined;
    if (theirs !== undefined) return { keyring: theirs, created: false };
    throw new KeyringFileError(`The keyring ${path} cannot be made: ${reasonOf(error)}`);
  }
}

/** Puts a changed keyring in the place of the one at `path`, whole or not at all. For rotation only. */
export function replaceKeyringFile(path: string, keyring: Keyring): void {
  try {
    writeBeside(path, keyring, (written) => renameSync(written, path));
  } catch (error) {
    throw new KeyringFileError(`The keyring ${path} cannot be replaced: ${reasonOf(error)}`);
  }
}
