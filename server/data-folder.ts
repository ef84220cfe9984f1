import { access, constants, mkdir, readFile, writeFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from './build/lock.mjs';
import { UserError } from './user-error';

const causes: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a read-only disk',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file has that name',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'the path is a loop of links',
};

/** Turns what the file system said into a line that says which folder and what to do; other errors pass through. */
export function explainFileError(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const cause = (code && causes[code]) ?? (/No space left on device/.test(message) ? causes.ENOSPC : undefined);
  if (cause === undefined) return error;
  const remedy = cause === causes.ENOSPC ? 'Make room' : 'Put that right';
  return new UserError(`The data folder ${folder} cannot be used: ${cause}. ${remedy}, or set SECRET_STORE_DATA_DIR to another folder.`);
}

const addressFile = (dataDir: string) => path.join(dataDir, 'server', 'address');

/** Keeps the public address of the server that runs on the folder, for links that secret-store-admin prints. */
export async function rememberAddress(dataDir: string, url: string): Promise<void> {
  await writeFile(addressFile(dataDir), `${url}\n`, { mode: 0o600 });
}

export async function rememberedAddress(dataDir: string): Promise<string | undefined> {
  const text = await readFile(addressFile(dataDir), 'utf8').catch(() => '');
  return URL.canParse(text.trim()) ? text.trim() : undefined;
}

/** The lock's file; whoever holds it may start what works on the data folder. */
export function lockFile(dataDir: string): string {
  return path.join(dataDir, 'lock');
}

/**
 * Makes the folders, each for its owner only, and takes the folder's lock.
 * @throws UserError when the folder cannot be used or another process has it
 */
export async function openDataFolder(dataDir: string): Promise<{ release: () => Promise<void> }> {
  try {
    // As root PostgreSQL may have to run as another user, which has to get through this folder, not to read it.
    await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    for (const name of ['server', 'worker', 'logs']) await mkdir(path.join(dataDir, name), { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    // A full disk still makes empty files.
    const probe = path.join(dataDir, 'logs', `.probe.${process.pid}`);
    await writeFile(probe, Buffer.alloc(4096, 1));
    await rm(probe);
    const until = Date.now() + 10_000;
    let lock = await takeLock(lockFile(dataDir), 'server');
    // A secret-store-admin that has the database for a moment is waited for.
    while (!('release' in lock) && lock.purpose !== 'server' && Date.now() < until) {
      await sleep(50);
      lock = await takeLock(lockFile(dataDir), 'server');
    }
    if ('release' in lock) return lock;
    throw new UserError(`Secret Store already runs on ${dataDir} (process ${lock.heldBy}). Stop that one first, or set SECRET_STORE_DATA_DIR to another folder.`);
  } catch (error) {
    throw explainFileError(error, dataDir);
  }
}
