import { closeSync, fstatSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { inspectJar } from './inspect';
import { ModuleRefused } from './refusal';
import type { InspectionAnswer, InspectionTask } from './task';

/** What runs in the thread that `inspectModule` starts: one file, one answer. */
async function run({ path, factory }: InspectionTask): Promise<InspectionAnswer> {
  const descriptor = openSync(path, 'r');
  try {
    return { inspection: await inspectJar(descriptor, fstatSync(descriptor).size, factory === undefined ? {} : { factory }) };
  } catch (error) {
    if (error instanceof ModuleRefused) return { refused: { reason: error.reason, message: error.message, ...(error.entry !== undefined && { entry: error.entry }) } };
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

parentPort?.postMessage(await run(workerData as InspectionTask));
