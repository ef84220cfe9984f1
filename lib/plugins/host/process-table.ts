import { readdirSync, readFileSync } from 'node:fs';

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** A process and all below it. Empty where the system has no /proc. */
export function treeOf(pid: number): number[] {
  const found = [pid];
  for (const each of found) {
    for (const child of read(`/proc/${each}/task/${each}/children`).split(' ')) if (child !== '') found.push(Number(child));
    if (found.length > 10_000) break;
  }
  return found.filter((each) => read(`/proc/${each}/stat`) !== '');
}

export interface Resources {
  residentBytes: number;
  threads: number;
}

/** What a process and all below it use together. A process that is gone, or no /proc, counts as nothing. */
export function resourcesOf(pid: number): Resources {
  const use = { residentBytes: 0, threads: 0 };
  for (const each of treeOf(pid)) {
    const status = read(`/proc/${each}/status`);
    use.residentBytes += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
    use.threads += Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return use;
}

/** The processes that run as a user; those that are dead but not yet buried left out. */
export function processesOf(uid: number): number[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    const status = read(`/proc/${pid}/status`);
    return new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(status) && !/^State:\s+[ZX]/m.test(status);
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
