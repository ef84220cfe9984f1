import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFile } from '../log-file';
import { tiedToParent } from '../postgres/runner';

export interface NodeProcess {
  child: ChildProcess;
  /** resolves when the process is gone, with how it went */
  ended: Promise<string>;
}

/**
 * Starts one of our own programs as a child that ends when this process ends, however that goes: it has an IPC channel
 * whose end it watches, and where the system can, its death is tied to ours.
 * It is in a process group of its own, so that Ctrl-C in the terminal reaches it through us, in order.
 */
export async function spawnNode(program: string[], env: NodeJS.ProcessEnv, log: LogFile): Promise<NodeProcess> {
  const [command = process.execPath, ...args] = [...(await tiedToParent('KILL')), process.execPath, ...program];
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true });
  child.stdout?.on('data', (chunk: Buffer) => log.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => log.write(chunk));
  return { child, ended: endOf(child) };
}

/** How a child ends: `signal SIGKILL`, `exit code 1`, or why it could not be started. */
export function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}

/** Asks a child to end, and insists when it does not within `patience` milliseconds. */
export async function stopProcess({ child, ended }: NodeProcess, patience: number): Promise<void> {
  child.kill('SIGTERM');
  const timer = new AbortController();
  const isGone = await Promise.race([
    ended.then(() => true),
    sleep(patience, false, { signal: timer.signal }).catch(() => false),
  ]);
  timer.abort();
  if (isGone) return;
  child.kill('SIGKILL');
  await ended;
}
