import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { factoryInterface } from '@/lib/plugins/inspect/limits';
import { inspectModule } from '@/lib/plugins/inspect/in-thread';
import { classBytes } from '@/lib/plugins/inspect/testing/class-bytes';
import { zipBytes, type Part } from '@/lib/plugins/inspect/testing/zip-bytes';
import type { Bench } from './support/figure';
import { median } from './support/statistics';

const entries = 15_000;
const rounds = 5;

/** A JAR as a fat one is: 27 MB, most of it classes of some kilobytes with many constants. */
function fatJar(): Buffer {
  const parts = Array.from({ length: entries - 1 }, (_, index): Part => {
    const name = `com/example/library/p${index % 300}/Class${index}`;
    const ballast = Array.from({ length: 60 }, (_each, word) => `some/common/name/of/a/type/${word}/${randomBytes(13).toString('hex')}`);
    return { name: `${name}.class`, content: classBytes({ name, ballast }) };
  });
  return zipBytes([...parts, { name: 'com/example/Factory.class', content: classBytes({ name: 'com/example/Factory', interfaces: [factoryInterface], reads: ['address'] }) }]);
}

/** Inspecting a fat JAR: time, memory over what was there, and how long the event loop was held up meanwhile. */
export const inspect: Bench = async ({ folder, say }) => {
  const file = path.join(folder, 'fat.jar');
  const { length } = fatJar();
  await writeFile(file, fatJar());
  await sleep(500);
  const before = process.memoryUsage.rss();
  let peak = before;
  let held = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    held = Math.max(held, now - last - 5);
    last = now;
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const { candidates } = await inspectModule({ path: file, factory: 'com.example.Factory' });
    times.push(performance.now() - began);
    if (candidates.length !== 1) throw new Error('the factory was not found');
    say(`  ${times.at(-1)?.toFixed(0)} ms`);
  }
  clearInterval(watch);
  const what = `${(length / 1e6).toFixed(1)} MB, ${entries} entries, in a thread, median of ${rounds}`;
  return [
    { name: 'inspecting a fat JAR', target: { kind: 'at most', value: 1_000, unit: 'ms' }, measured: median(times), details: what },
    { name: 'memory while inspecting it', target: { kind: 'at most', value: 100, unit: 'MB' }, measured: (peak - before) / 2 ** 20, details: `${(peak / 2 ** 20).toFixed(0)} MB resident at most, ${(before / 2 ** 20).toFixed(0)} before` },
    { name: 'event loop held up meanwhile', target: { kind: 'at most', value: 50, unit: 'ms' }, measured: held, details: 'the longest of all' },
  ];
};
