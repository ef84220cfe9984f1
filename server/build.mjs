#!/usr/bin/env node
// Builds what changed: generated sources, the bundles that Node runs, the pages. `--generate` stops after the first.
import { realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { exists, fingerprint, projectRoot } from './build/files.mjs';
import { takeLock } from './build/lock.mjs';
import { setStamp, stampOf } from './build/stamp.mjs';

const sources = {
  client: ['prisma/schema.prisma', 'node_modules/prisma/package.json'],
  bundles: ['server', 'worker', 'lib', 'app', 'prisma/schema.prisma', 'package-lock.json', 'tsconfig.json', 'lib/generated/routes.ts'],
  pages: ['app', 'components', 'lib', 'public', 'proxy.ts', 'next.config.js', 'postcss.config.mjs', 'prisma/schema.prisma', 'package-lock.json'],
};

/** A build that another process is in the middle of is waited for, not raced. */
async function oneAtATime(say) {
  await mkdir(join(projectRoot, 'dist'), { recursive: true });
  let told = false;
  for (;;) {
    const lock = await takeLock(join(projectRoot, 'dist', 'build.lock'), 'build');
    if ('release' in lock) return lock;
    if (!told) say(`Waiting for another build (process ${lock.heldBy}) to finish`);
    told = true;
    await sleep(200);
  }
}

/** Runs a step when its sources changed or what it makes is not there. */
async function step(name, { title, made, run, say }) {
  const now = await fingerprint(sources[name]);
  if ((await stampOf(name)) === now && (await exists(join(projectRoot, made)))) return false;
  const began = performance.now();
  say(title);
  await setStamp(name, undefined);
  await run();
  await setStamp(name, now);
  say(`  done in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return true;
}

/**
 * @param {{generateOnly?: boolean, withPages?: boolean, withPlugins?: boolean, say?: (line: string) => void}} options
 * @returns {Promise<void>} rejects with a message meant for people
 */
export async function build({ generateOnly = false, withPages = true, withPlugins = false, say = (line) => console.log(line) } = {}) {
  const lock = await oneAtATime(say);
  try {
    const { generatePrismaClient } = await import('./build/prisma-client.mjs');
    const { generateRoutes } = await import('./build/routes.mjs');
    await step('client', { title: 'Generating the database client', made: 'lib/generated/prisma/client.ts', run: generatePrismaClient, say });
    await generateRoutes();
    if (generateOnly) return;
    const { buildBundles } = await import('./build/bundles.mjs');
    await step('bundles', { title: 'Bundling server and worker', made: 'dist/server/supervisor.mjs', run: buildBundles, say });
    if (withPlugins) await (await import('./build/plugins.mjs')).buildPlugins({ say });
    if (!withPages || !(await exists(join(projectRoot, 'app')))) return;
    const { buildPages } = await import('./build/pages.mjs');
    await step('pages', { title: 'Building the pages (about a minute, only when they changed)', made: '.next/BUILD_ID', run: buildPages, say });
  } finally {
    await lock.release();
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await build({ generateOnly: process.argv.includes('--generate'), withPlugins: true });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
