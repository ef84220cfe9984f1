import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Inspection } from './inspect';
import { ModuleRefused } from './refusal';
import type { InspectionAnswer, InspectionTask } from './task';

/** The largest module allowed takes some seconds on a slow machine. */
const timeoutMs = 30_000;
/** Inspections at the same time: each may use a core and some memory. */
const maxThreads = 2;

/** The bundle of `thread.ts`, wherever this code itself was bundled to. */
function threadFile(): string {
  const bundle = path.join('dist', 'server', 'module-inspector.mjs');
  for (const start of [path.dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let folder = start; ; folder = path.dirname(folder)) {
      const file = path.join(/* turbopackIgnore: true */ folder, bundle);
      if (existsSync(file)) return file;
      if (folder === path.dirname(folder)) break;
    }
  }
  throw new Error(`${bundle} is missing: run "npm run build".`);
}

/** By a name of ours: Next's bundler takes `new Worker(…)` of a computed path for all files there are, and packs them. */
class InspectorThread extends Worker {}

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Inspects a JAR on disk in a thread of its own, so that who waits for other answers of this process does not notice.
 * Throws ModuleRefused for what is no module, and for one without the named factory.
 */
export async function inspectModule(task: InspectionTask): Promise<Inspection> {
  if (running >= maxThreads) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await inspectInThread(task);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

function inspectInThread(task: InspectionTask): Promise<Inspection> {
  const thread = new InspectorThread(threadFile(), {
    workerData: task,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 8 },
  });
  return new Promise<Inspection>((resolve, reject) => {
    const timer = setTimeout(() => reject(new ModuleRefused('too-slow', 'The file took longer than 30 seconds to inspect, which no plugin does. Build a smaller JAR.')), timeoutMs);
    thread.once('message', (answer: InspectionAnswer) => {
      if ('inspection' in answer) resolve(answer.inspection);
      else reject(new ModuleRefused(answer.refused.reason, answer.refused.message, answer.refused.entry));
    });
    thread.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new ModuleRefused('too-slow', 'The file needs too much memory to inspect, which no plugin does. Build a smaller JAR.') : error);
    });
    thread.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('the thread that inspects a module ended without an answer'));
    });
  }).finally(() => thread.terminate());
}
