import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, cp, mkdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../user-error';
import { completeLinks, findNativeFolder } from './binaries';

const run = promisify(execFile);

export interface Ids {
  uid: number;
  gid: number;
}

/** How PostgreSQL's programs are run here: PostgreSQL refuses to run as root. */
export interface PostgresRunner {
  /** the folder `native` whose programs are run */
  native: string;
  /** what stands before a program's name on the command line; empty when not root */
  prefix: string[];
  /** the ids that PostgreSQL's files belong to, where they are not our own */
  owner?: Ids;
  /** the ids that make them, where those differ: `initdb` refuses an id without a name */
  maker?: Ids;
}

/** An id that no account uses on an ordinary Debian, for machines where root has no user namespaces. */
const spareId = 64_732;
const systemFolder = '/var/lib/secret-store';

/** An id that has a name on this machine and is not root's: initdb looks its own name up. */
async function namedId(): Promise<number> {
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const ids = accounts.split('\n').map((line) => Number(line.split(':')[2]));
  return ids.find((id) => id > 0) ?? 65_534;
}

/** In a user namespace of its own, in which our files seem to belong to another user. */
function inNamespace(id: number): string[] {
  return ['unshare', '-U', `--map-user=${id}`, `--map-group=${id}`];
}

function hasName(): boolean {
  try {
    os.userInfo();
    return true;
  } catch {
    return false;
  }
}

function as({ uid, gid }: Ids): string[] {
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}

/** Whether postgres starts this way, and whether it can then work in `folder`. */
async function works(native: string, prefix: string[], folder: string): Promise<boolean> {
  const script = 'cd "$1" && test -w . && "$0" --version';
  const line = [...prefix, 'sh', '-c', script, path.join(native, 'bin/postgres'), folder];
  return run(line[0] ?? 'sh', line.slice(1), { cwd: '/', env: postgresEnvironment(), timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/** PostgreSQL gets nothing of the caller's environment but the path: no locale, no PG* variable, no secret. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { NODE_ENV: 'production', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/**
 * Finds how to run PostgreSQL for a data folder. An ordinary user: as it is. Root, or an id without a name: in a user
 * namespace, in which its files seem to belong to an ordinary user; else root as the user whom the data folder belongs
 * to; else as a spare id with programs and data where it reaches them.
 * @param folder DATA, which exists
 */
export async function findRunner(folder: string): Promise<PostgresRunner> {
  const installed = findNativeFolder();
  const native = (await completeLinks(installed)) ? installed : await copyOfPrograms(installed, path.join(folder, 'postgres-programs'));
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && hasName()) return { native, prefix: [] };
  const namespace = inNamespace(await namedId());
  if (await works(native, namespace, folder)) return { native, prefix: namespace };
  if (!isRoot) return { native, prefix: [] };
  const { uid, gid } = await stat(folder);
  if (uid !== 0 && (await works(native, as({ uid, gid }), folder))) return { native, prefix: as({ uid, gid }), owner: { uid, gid } };
  return asSpareUser(native);
}

async function asSpareUser(native: string): Promise<PostgresRunner> {
  const owner = { uid: spareId, gid: spareId };
  const prefix = as(owner);
  const programs = (await works(native, prefix, '/tmp')) ? native : await copyOfPrograms(findNativeFolder(), path.join(systemFolder, 'programs'));
  if (!(await works(programs, prefix, '/tmp'))) {
    throw new UserError('PostgreSQL refuses to run as root, and no other user could run it here. Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.');
  }
  const id = await namedId();
  return { native: programs, prefix, owner, maker: { uid: id, gid: id } };
}

/** One copy per version. It is made beside its place and moved there whole, so that an interrupted one is never used. */
async function copyOfPrograms(native: string, name: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.resolve(native, '../package.json'), 'utf8')) as { version: string };
  const place = `${name}-${version}`;
  if (await stat(path.join(place, 'native/bin/postgres')).catch(() => undefined)) return path.join(place, 'native');
  const draft = `${place}.${process.pid}.new`;
  await mkdir(draft, { recursive: true, mode: 0o755 });
  await cp(native, path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await completeLinks(path.join(draft, 'native'));
  await rename(draft, place).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return path.join(place, 'native');
}

/**
 * Gives PostgreSQL's own user access to where the cluster is to be. Where it cannot get there (a checkout in root's
 * home), the cluster stands in /var/lib/secret-store and DATA/postgres is a link to it.
 * @param cluster DATA/postgres
 * @returns where the cluster is, or is to be
 */
export async function makeReachable(runner: PostgresRunner, cluster: string): Promise<string> {
  const linked = await readlink(cluster).catch(() => undefined);
  if (linked !== undefined) return linked;
  if (!runner.owner || (await stat(cluster).catch(() => undefined))) return cluster;
  const { uid, gid } = runner.owner;
  const probe = `${cluster}.probe`;
  await mkdir(probe, { recursive: true });
  await chown(probe, uid, gid);
  const reachable = await works(runner.native, runner.prefix, probe);
  await rm(probe, { recursive: true });
  if (reachable) return cluster;
  const home = path.join(systemFolder, createHash('sha256').update(cluster).digest('hex').slice(0, 16));
  await mkdir(home, { recursive: true, mode: 0o711 });
  await chmod(home, 0o711);
  // PostgreSQL's user makes the cluster and its socket in here.
  await chown(home, uid, gid);
  const place = path.join(home, 'postgres');
  await symlink(place, cluster);
  return place;
}

/** Runs one of PostgreSQL's programs that make a cluster to its end. Rejects with what it said, or when it was cut short. */
export async function runProgram(runner: PostgresRunner, program: string, args: string[], signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const line = [...(runner.maker ? as(runner.maker) : runner.prefix), ...(await tiedToParent('KILL')), path.join(runner.native, 'bin', program), ...args];
  const child = spawn(line[0] ?? program, line.slice(1), { cwd: '/', env: postgresEnvironment(), stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-2_000)));
  // It has children of its own, in its process group.
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal?.addEventListener('abort', end, { once: true });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(said.trim() || `${program} failed`);
}

let deathSignal: Promise<boolean> | undefined;

/** Whether `setpriv` (util-linux) can tie a child's life to ours. */
function canTie(): Promise<boolean> {
  deathSignal ??= run('setpriv', ['--pdeathsig', 'KILL', 'true']).then(
    () => true,
    () => false,
  );
  return deathSignal;
}

/** What stands before a command so that it gets `signal` when the process that started it is gone, however it went. */
export async function tiedToParent(signal: 'INT' | 'KILL'): Promise<string[]> {
  return (await canTie()) ? ['setpriv', '--pdeathsig', signal] : [];
}

/** Starts the server program itself, in a process group of its own so that Ctrl-C reaches it through us, in order. */
export async function spawnPostgres(runner: PostgresRunner, args: string[]): Promise<ChildProcess> {
  const line = [...runner.prefix, ...(await tiedToParent('INT')), path.join(runner.native, 'bin/postgres'), ...args];
  const [command = 'postgres', ...rest] = line;
  return spawn(command, rest, { cwd: '/', env: postgresEnvironment(), stdio: ['ignore', 'ignore', 'pipe'], detached: true });
}
