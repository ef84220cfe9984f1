import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { LogFile } from '../log-file';
import { projectRoot } from '../root';
import type { Running } from './part';
import { spawnNode, stopProcess } from './process';

const message = z.object({ type: z.string() }).loose();
export type PartMessage = z.infer<typeof message>;

export interface NodePartOptions {
  /** relative to the project, such as dist/server/web.mjs */
  bundle: string;
  args?: string[];
  nodeArgs?: string[];
  env: NodeJS.ProcessEnv;
  log: LogFile;
  /** how long until it has to serve, in milliseconds */
  startTimeout: number;
  /** how long it may take to finish what it is doing when it is stopped, in milliseconds */
  stopPatience: number;
  /** called for every message but `ready`; the answer, when there is one, is sent back */
  /** cuts the start short */
  signal: AbortSignal;
  onMessage?: (message: PartMessage) => Promise<Record<string, unknown> | undefined> | undefined;
}

/** Starts a bundle and waits until it says over IPC that it serves. Rejects, and leaves nothing running, when it does not. */
export async function startNodePart(options: NodePartOptions): Promise<Running> {
  const file = path.join(projectRoot, options.bundle);
  if (!existsSync(file)) throw new Error(`${options.bundle} is not built`);
  const running = await spawnNode([...(options.nodeArgs ?? []), file, ...(options.args ?? [])], options.env, options.log);
  const { child, ended } = running;
  const ready = new Promise<true>((resolve) => {
    child.on('message', (raw: unknown) => {
      const parsed = message.safeParse(raw);
      if (!parsed.success) return;
      if (parsed.data.type === 'ready') resolve(true);
      else void answer(parsed.data);
    });
  });
  const answer = async (question: PartMessage) => {
    const reply = await options.onMessage?.(question)?.catch((error: Error) => {
      options.log.write(`The supervisor could not answer "${question.type}": ${error.message}\n`);
      return undefined;
    });
    if (reply && child.connected) child.send(reply, () => undefined);
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`not ready after ${options.startTimeout / 1000} s`), options.startTimeout);
    options.signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    if (options.signal.aborted) resolve('stopped');
  });
  const outcome = await Promise.race([ready, ended, late]);
  clearTimeout(timer);
  if (outcome !== true) {
    await stopProcess(running, 500);
    throw new Error(outcome);
  }
  return { ended, stop: () => stopProcess(running, options.stopPatience) };
}
