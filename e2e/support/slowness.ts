import { spawnSync } from 'node:child_process';

/** How long starting and ending Node takes on the machines that times were promised for, in milliseconds. */
const usualMs = 60;

/**
 * A promised time, in milliseconds, as this machine can be expected to keep it at the moment: longer where a program takes longer
 * to start. To be asked after what was measured, when the machine is as busy as it was then.
 */
export function slowed(promisedMs: number): number {
  const times = [1, 2, 3].map(() => {
    const began = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    return performance.now() - began;
  });
  return promisedMs * Math.max(1, Math.max(...times) / usualMs);
}
