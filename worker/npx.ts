import { readFileSync } from 'node:fs';
import { npxScript } from './env';

const checkMs = 100;

/** Whether our parent is the shell through which npx starts a program, and which waits for it. */
function isChildOfNpx(): boolean {
  const script = npxScript();
  if (script === undefined) return false;
  try {
    const [, option, line] = readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8').split('\0');
    return option === '-c' && line !== undefined && line.startsWith(script);
  } catch {
    return false;
  }
}

/**
 * npx passes a signal on to that shell only, which ends of it: the command would run on with nobody to stop it. So `end` is
 * called when the shell is gone. Answers what stops the watch.
 */
export function whenNpxEnds(end: () => void): () => void {
  if (!isChildOfNpx()) return () => undefined;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    end();
  }, checkMs);
  return () => clearInterval(watch);
}
