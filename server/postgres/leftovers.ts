import { readFile, readdir, readlink, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The first line of postmaster.pid, or undefined without such a file. */
async function recordedPid(cluster: string): Promise<number | undefined> {
  const text = await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const pid = Number(text?.split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** Whether a process is a living PostgreSQL process of this very cluster: a bare id may have been given to another since. */
async function belongsTo(pid: number, cluster: string): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    if (/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))) return false;
    const program = (await readlink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
    return path.basename(program) === 'postgres' && (await readlink(`/proc/${pid}/cwd`)) === cluster;
  } catch {
    return false;
  }
}

async function processesOf(cluster: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const mine = await Promise.all(pids.map((pid) => belongsTo(pid, cluster)));
  return pids.filter((_, i) => mine[i]);
}

function signal(pids: number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // Gone in the meantime.
    }
  }
}

async function goneWithin(cluster: string, milliseconds: number): Promise<boolean> {
  const until = Date.now() + milliseconds;
  for (;;) {
    if ((await processesOf(cluster)).length === 0) return true;
    if (Date.now() > until) return false;
    await sleep(15);
  }
}

/**
 * Ends what an earlier run that was killed has left behind, and removes its pid files: PostgreSQL takes the file of a
 * reused process id, or of a dead process that nobody has waited for, for a running server and refuses to start for
 * ever. Only to be called by the holder of the data folder's lock, since it ends a running server.
 * @param folder the cluster's
 * @param socket where its socket is
 */
export async function clearLeftovers(folder: string, socket: string): Promise<void> {
  const unfinished = await realpath(`${folder}.unfinished`).catch(() => undefined);
  if (unfinished !== undefined) await kill(unfinished);
  const cluster = await realpath(folder).catch(() => undefined);
  if (cluster === undefined) return;
  const postmaster = await recordedPid(cluster);
  if (postmaster !== undefined && (await belongsTo(postmaster, cluster))) {
    // Fast shutdown: the connections of a server that is gone are cut, and the cluster is closed cleanly.
    signal([postmaster], 'SIGINT');
    if (!(await goneWithin(cluster, 8_000))) signal([postmaster], 'SIGQUIT');
  }
  // Children of a postmaster that was killed notice by themselves; one in a long statement is not waited for.
  if (!(await goneWithin(cluster, 1_500))) await kill(cluster);
  await rm(path.join(cluster, 'postmaster.pid'), { force: true });
  for (const name of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']) await rm(path.join(socket, name), { force: true });
}

async function kill(folder: string): Promise<void> {
  signal(await processesOf(folder), 'SIGKILL');
  await goneWithin(folder, 2_000);
}
