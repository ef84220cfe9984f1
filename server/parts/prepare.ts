import path from 'node:path';
import type { LogFile } from '../log-file';
import type { PrepareMessage } from '../prepare';
import { projectRoot } from '../root';
import { UserError } from '../user-error';
import { spawnNode, stopProcess } from './process';

export interface PrepareOptions {
  env: NodeJS.ProcessEnv;
  log: LogFile;
  /** cuts it short */
  signal: AbortSignal;
  onWaiting(reason: string): void;
}

/**
 * Runs `server/prepare.ts` in a process of its own, so that the migration engine's memory is gone afterwards.
 * Rejects with a message for people.
 */
export async function prepareDatabase({ env, log, signal, onWaiting }: PrepareOptions): Promise<Extract<PrepareMessage, { type: 'prepared' }>> {
  signal.throwIfAborted();
  const running = await spawnNode([path.join(projectRoot, 'dist/server/prepare.mjs')], env, log);
  let last: PrepareMessage | undefined;
  running.child.on('message', (raw) => {
    last = raw as PrepareMessage;
    if (last.type === 'waiting') onWaiting(last.reason);
  });
  signal.addEventListener('abort', () => void stopProcess(running, 1_000), { once: true });
  const how = await running.ended;
  if (last?.type === 'prepared') return last;
  if (last?.type === 'failed') throw last.isUserError ? new UserError(last.message) : new Error(last.message);
  throw new Error(`The database could not be prepared (${how}); see prepare.log beside the other logs.`);
}
