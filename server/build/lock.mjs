// A lock held by one living process, in a file. A lock left behind by a process that is gone is harmless: the file
// names its process by id *and* start time, so that a reused id does not keep it.
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';

/**
 * When a process started, in clock ticks since boot; undefined when there is no such process or it is a zombie.
 * @param {number} pid
 * @returns {Promise<string | undefined>}
 */
export async function startTimeOf(pid) {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces and brackets itself: what counts begins after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch (error) {
    if (error.code === 'ENOENT' && process.platform === 'linux') return undefined;
    // No /proc here: the id alone has to do.
    try {
      process.kill(pid, 0);
      return 'unknown';
    } catch (killError) {
      return killError.code === 'EPERM' ? 'unknown' : undefined;
    }
  }
}

async function bootId() {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => 'unknown',
  );
}

/**
 * Who holds the lock now.
 * @param {string} path
 * @returns {Promise<{pid: number, purpose: string} | undefined>}
 */
export async function lockHolder(path) {
  let owner;
  try {
    owner = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!Number.isInteger(owner?.pid) || owner.boot !== (await bootId())) return undefined;
  const started = await startTimeOf(owner.pid);
  return started !== undefined && started === owner.started ? { pid: owner.pid, purpose: String(owner.purpose) } : undefined;
}

/**
 * Takes the lock, or says who has it.
 * @param {string} path in a folder that exists
 * @param {string} purpose for whoever finds it held
 * @returns {Promise<{release: () => Promise<void>} | {heldBy: number, purpose: string}>}
 */
export async function takeLock(path, purpose) {
  const mine = JSON.stringify({ purpose, pid: process.pid, started: await startTimeOf(process.pid), boot: await bootId(), token: randomUUID() });
  const draft = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (;;) {
      try {
        await link(draft, path);
        return { release: () => releaseLock(path, mine) };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = await lockHolder(path);
      if (holder !== undefined) return { heldBy: holder.pid, purpose: holder.purpose };
      await setAsideStale(path);
    }
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

/** Two starts may both find a stale lock: one that moved a *new* lock aside by that puts it back. */
async function setAsideStale(path) {
  const aside = `${path}.stale.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if ((await lockHolder(aside)) !== undefined) await link(aside, path).catch(() => undefined);
  await unlink(aside);
}

async function releaseLock(path, mine) {
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current === mine) await unlink(path).catch(() => undefined);
}
