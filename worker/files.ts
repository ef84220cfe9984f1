import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Something in the worker's folder that the agent does not go on with. The message says what to do. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Makes a folder for this user alone, or checks that it is that. Throws FolderError. */
export function privateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new FolderError(`The folder ${folder} cannot be made (${errorCode(error)}).`);
  }
  const { mode, uid } = statSync(folder);
  if ((mode & 0o077) !== 0) throw new FolderError(`The folder ${folder} is open to other users. Run: chmod 700 ${folder}`);
  const own = process.getuid?.();
  if (own !== undefined && own !== 0 && uid !== own) throw new FolderError(`The folder ${folder} belongs to another user.`);
}

/** The content of a file that only this user may read, or undefined when there is none. Throws FolderError. */
export function readPrivate(file: string): Buffer | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new FolderError(`${file} cannot be read (${errorCode(error)}).`);
  }
  try {
    if ((fstatSync(handle).mode & 0o077) !== 0) throw new FolderError(`${file} is open to other users. Run: chmod 600 ${file}`);
    return readFileSync(handle);
  } finally {
    closeSync(handle);
  }
}

function writeWhole(file: string, content: Uint8Array | string, publish: (written: string) => void): void {
  const written = path.join(path.dirname(file), `.${path.basename(file)}-${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = openSync(written, 'wx', 0o600);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    publish(written);
  } finally {
    rmSync(written, { force: true });
  }
}

/** Puts a file in place, whole and durable or not at all. Throws what the disk says. */
export function writePrivate(file: string, content: Uint8Array | string): void {
  writeWhole(file, content, (written) => renameSync(written, file));
}

/** As writePrivate, for a file that must not be there yet: keys are never overwritten. Throws EEXIST. */
export function createPrivate(file: string, content: Uint8Array | string): void {
  writeWhole(file, content, (written) => linkSync(written, file));
}
