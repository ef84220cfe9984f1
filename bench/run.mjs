#!/usr/bin/env node
// npm run bench [-- figure…]: builds the product and the benches, then measures. See docs/performance.md.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { projectRoot } from '../server/build/files.mjs';
import { build } from '../server/build.mjs';

await build();
await esbuild.build({
  absWorkingDir: projectRoot,
  entryPoints: { main: 'bench/main.ts', load: 'bench/load/process.ts', bare: 'bench/load/bare-fastify.ts' },
  outdir: 'dist/bench',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
});
await esbuild.stop();
const { main } = await import(pathToFileURL(join(projectRoot, 'dist/bench/main.mjs')).href);
process.exitCode = await main(process.argv.slice(2));
