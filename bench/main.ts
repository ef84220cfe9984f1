import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '@/server/root';
import { fetch20 } from './fetch';
import { freshness } from './freshness';
import { growth } from './growth';
import { inspect } from './inspect';
import { memory } from './memory';
import { plugins } from './plugins';
import { runOnPlugin } from './run-on-plugin';
import { runOverhead } from './run-overhead';
import { starts } from './starts';
import { table, isMet, type Bench, type Figure } from './support/figure';
import { updates } from './updates';

const benches: Record<string, Bench> = { fetch: fetch20, freshness, updates, starts, growth, memory, run: runOverhead, runOnPlugin, inspect, plugins };

/** Measures the named figures, or all. Answers 0 whatever was measured, and 1 when something broke. */
export async function main(names: string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    console.error(`There is no bench named ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
    return 1;
  }
  // Not in the temporary directory, which may be memory: what is durable has to reach a disk.
  const place = path.join(projectRoot, 'dist/bench');
  await mkdir(place, { recursive: true });
  const figures: Figure[] = [];
  let broken = 0;
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    const folder = await mkdtemp(path.join(place, 'w-'));
    console.log(name);
    try {
      figures.push(...((await benches[name]?.({ folder, say: (line) => console.log(line) })) ?? []));
    } catch (error) {
      broken++;
      console.error(`${name} broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const [, , load = 0] = os.loadavg();
  const cpus = os.cpus();
  const machine = { node: process.version, cores: cpus.length, cpu: cpus[0]?.model ?? '', memoryGiB: Math.round(os.totalmem() / 2 ** 30), loadOf15Minutes: Number(load.toFixed(1)) };
  const file = path.join(place, 'results.json');
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), machine, figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })) }, null, 2)}\n`);
  if (load > cpus.length) console.log(`\nThis machine was busy with other things too (load ${load.toFixed(1)} on ${cpus.length} cores): the ratios are rough, the numbers low.`);
  console.log(`\n${table(figures)}\n\n${path.relative(projectRoot, file)} has them as JSON.`);
  return broken === 0 ? 0 : 1;
}
