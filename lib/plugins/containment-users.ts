import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { processesOf } from './host/process-table';

/** A user that exists on no machine: a number above those that systems and containers give away. */
const FIRST = 0x7000_0000;
const COUNT = 0x0800_0000;
/** For containers that know few numbers only. */
const LOW_FIRST = 50_000;
const LOW_COUNT = 10_000;

const taken = new Set<number>();

function hasName(uid: number): boolean {
  try {
    return readFileSync('/etc/passwd', 'utf8').split('\n').some((line) => line.split(':')[2] === String(uid));
  } catch {
    return false;
  }
}

/** A number that nobody uses: no account, and no process. */
export function takeUid(fromLow: boolean): number {
  for (;;) {
    const uid = fromLow ? LOW_FIRST + randomInt(LOW_COUNT) : FIRST + randomInt(COUNT);
    if (taken.has(uid) || hasName(uid) || processesOf(uid).length > 0) continue;
    taken.add(uid);
    return uid;
  }
}

export function releaseUid(uid: number): void {
  taken.delete(uid);
}

/** Whether a number may be one that takeUid gave: others are never ended by it. */
function isOurs(uid: number): boolean {
  return (uid >= FIRST && uid < FIRST + COUNT) || (uid >= LOW_FIRST && uid < LOW_FIRST + LOW_COUNT);
}

/**
 * Ends all processes of such a user at once, however fast they start others: one signal to everything that the user
 * may signal, sent by the user itself. Synchronous, so that it also works while this process exits.
 */
export function endProcessesOf(uid: number, setpriv: string): void {
  if (!isOurs(uid) || processesOf(uid).length === 0) return;
  spawnSync(setpriv, [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', 'sh', '-c', 'kill -9 -1'], {
    env: { NODE_ENV: 'production', PATH: '/usr/bin:/bin' },
    stdio: 'ignore',
    timeout: 5_000,
  });
}
