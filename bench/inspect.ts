import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { factoryInterface } from '@/lib/plugins/inspect/limits';
import { classBytes } from '@/lib/plugins/inspect/testing/class-bytes';
import { zipBytes, type Part } from '@/lib/plugins/inspect/testing/zip-bytes';
import { projectRoot } from '@/server/root';
import type { Bench } from './support/figure';
import { median } from './support/statistics';

const run = promisify(execFile);
const entries = 15_000;
const rounds = 5;

/** A JAR as a fat one is: 27 MB, all of it classes of some kilobytes with many constants. */
function fatJar(): Buffer {
  const parts = Array.from({ length: entries - 1 }, (_, index): Part => {
    const name = `com/example/library/p${index % 300}/Class${index}`;
    const ballast = Array.from({ length: 66 }, (_each, word) => `some/common/name/of/a/type/${word}/${randomBytes(13).toString('hex')}`);
    return { name: `${name}.class`, content: classBytes({ name, ballast }) };
  });
  return zipBytes([...parts, { name: 'com/example/Factory.class', content: classBytes({ name: 'com/example/Factory', interfaces: [factoryInterface], reads: ['address'] }) }]);
}

/** Inspecting a fat JAR: time, memory over what was there, and how long the event loop was held up meanwhile. */
export const inspect: Bench = async ({ folder, say }) => {
  const file = path.join(folder, 'fat.jar');
  const jar = fatJar();
  await writeFile(file, jar);
  const script = path.join(projectRoot, 'bench/support/inspect-alone.mjs');
  const { stdout } = await run(process.execPath, [script, path.join(projectRoot, 'dist/server/module-inspector.mjs'), file, String(rounds)]);
  const { times, cpus, memory, held } = JSON.parse(stdout) as { times: number[]; cpus: number[]; memory: number; held: number };
  say(`  ${times.map((time, round) => `${time.toFixed(0)} ms (${cpus[round]?.toFixed(0)} of CPU)`).join(', ')}`);
  const what = `${(jar.length / 1e6).toFixed(1)} MB, ${entries} entries, in a thread, median of ${rounds}`;
  return [
    { name: 'inspecting a fat JAR', target: { kind: 'at most', value: 1_000, unit: 'ms' }, measured: median(times), details: `${what}; ${median(cpus).toFixed(0)} ms of CPU` },
    { name: 'memory while inspecting it', target: { kind: 'at most', value: 100, unit: 'MB' }, measured: memory, details: 'resident, over the process before' },
    { name: 'event loop held up meanwhile', target: { kind: 'at most', value: 50, unit: 'ms' }, measured: held, details: 'the longest of all' },
  ];
};
