import { readFileSync } from 'node:fs';
import { isStartedByNpm } from './env';

/** The parent of a process; 0 when it is gone or the system does not tell. */
function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/** npm runs a script through a shell, which lives on when npm is killed: so both are looked at. */
function lineage(): string {
  return `${process.ppid} ${parentOf(process.ppid)}`;
}

/**
 * Calls back once when the npm that started this process is gone: a person who started it with npm has nothing left to
 * stop it with. Started otherwise, it may well outlive whoever started it.
 */
export function whenStarterIsGone(callback: () => void): void {
  if (!isStartedByNpm) return;
  const before = lineage();
  const watch = setInterval(() => {
    if (lineage() === before) return;
    clearInterval(watch);
    callback();
  }, 500);
  watch.unref();
}
