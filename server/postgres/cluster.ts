import { createHash } from 'node:crypto';
import { chmod, chown, lchown, lstat, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { UserError } from '../user-error';
import { runProgram, type Ids, type PostgresRunner } from './runner';

const majorVersion = '18';
export const postgresUser = 'secret_store';

/**
 * Makes the database cluster unless it is there. It is made beside its place and moved there when complete: a folder
 * named `….unfinished` is what an interrupted start left, and holds nothing of anyone's.
 * @param folder as `makeReachable` gives it
 */
export async function ensureCluster(runner: PostgresRunner, folder: string, options: { durable: boolean; signal?: AbortSignal }): Promise<void> {
  if (await holdsCluster(folder)) return;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  const { owner, maker = owner } = runner;
  if (maker) await chown(unfinished, maker.uid, maker.gid);
  // Who reaches the socket, in a folder closed to all other users, may connect: no password has to be kept anywhere.
  const access = ['--username', postgresUser, '--auth-local=trust', '--auth-host=reject'];
  const text = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  await runProgram(runner, 'initdb', ['-D', unfinished, ...access, ...text, ...(options.durable ? [] : ['--no-sync'])], options.signal);
  if (owner && maker !== owner) await giveTo(unfinished, owner);
  await rename(unfinished, folder);
}

async function giveTo(folder: string, { uid, gid }: Ids): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true })) await lchown(path.join(folder, entry), uid, gid);
  await chown(folder, uid, gid);
}

async function holdsCluster(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return false;
  const version = await readFile(path.join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version === undefined) {
    throw new UserError(`${folder} holds files that are not a database. Move them away, or set SECRET_STORE_DATA_DIR to another folder.`);
  }
  if (version.trim() !== majorVersion) {
    throw new UserError(`${folder} was made by PostgreSQL ${version.trim()}; this version brings PostgreSQL ${majorVersion}. Dump the database with the old version and restore it here (docs/operations.md).`);
  }
  return true;
}

/** The longest path that the kernel takes for a socket is 107 bytes; PostgreSQL's name for it is 15 of them. */
const longestFolder = 90;

/**
 * Where PostgreSQL's Unix socket is: in the cluster's folder, closed to others as that is; a short folder of our own
 * below the temporary directory where the path would be too long.
 */
export async function socketFolder(runner: PostgresRunner, cluster: string): Promise<string> {
  if (Buffer.byteLength(cluster) <= longestFolder) return cluster;
  const name = createHash('sha256').update(cluster).digest('hex').slice(0, 16);
  const folder = path.join(Buffer.byteLength(os.tmpdir()) > 50 ? '/tmp' : os.tmpdir(), `secret-store-${name}`);
  const uid = runner.owner?.uid ?? process.getuid?.() ?? 0;
  try {
    await mkdir(folder, { mode: 0o700 });
    if (runner.owner) await chown(folder, runner.owner.uid, runner.owner.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid) {
    throw new UserError(`${folder} belongs to someone else, and the database's socket would be there. Remove it, or use a shorter SECRET_STORE_DATA_DIR.`);
  }
  await chmod(folder, 0o700);
  return folder;
}
