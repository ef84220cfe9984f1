import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { bundledProgram } from './testing/program';

/** What the agent's program is made of, by package; the product builds it with the same settings. */
async function packagesInside(): Promise<string[]> {
  const { metafile } = await build({ entryPoints: ['worker/cli.ts'], bundle: true, platform: 'node', format: 'esm', splitting: true, outdir: 'unused', write: false, metafile: true, logLevel: 'silent' });
  const packages = Object.keys(metafile.inputs).flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
  return [...new Set(packages)].sort();
}

test('the agent is a small program: no Next, no Prisma, no PostgreSQL client', async () => {
  expect(await packagesInside()).toEqual(['zod']);
});

test('nothing of it is left to be found outside', async () => {
  const folder = path.dirname(await bundledProgram());
  for (const name of await readdir(folder)) {
    const content = await readFile(path.join(folder, name), 'utf8');
    const imported = [...content.matchAll(/^import .* from "([^"]+)";$/gm)].map((match) => match[1] ?? '');
    expect(imported.filter((source) => !source.startsWith('./') && !/^(node:)?(assert|buffer|child_process|crypto|events|fs|fs\/promises|http|https|module|net|os|path|process|string_decoder|timers|timers\/promises|url|util|v8)$/.test(source))).toEqual([]);
  }
});

test('`run` loads nothing that it does not need', async () => {
  const { metafile } = await build({ entryPoints: ['worker/run.ts'], bundle: true, platform: 'node', format: 'esm', write: false, metafile: true, outdir: 'unused', logLevel: 'silent' });
  expect(Object.keys(metafile.inputs).filter((input) => input.includes('node_modules'))).toEqual([]);
});
