#!/usr/bin/env node
// npm start: checks what has to be there, builds what changed, then supervises the processes of the product.
// --dev compiles pages as they are asked for; --no-build takes what was built before, whatever has changed since.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const root = fileURLToPath(new URL('..', import.meta.url));

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Secret Store needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
}
for (const name of ['next', 'esbuild', 'pg', 'prisma', 'fastify']) {
  if (!existsSync(`${root}node_modules/${name}/package.json`)) fail('The packages are not installed: run npm ci first.');
}

const development = process.argv.includes('--dev');
if (development) process.env.NODE_ENV = 'development';

// Until the supervisor takes over; what a build has started ends with us.
const interrupted = () => process.exit(130);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupted);
try {
  const { refuseSecondStart } = await import('./build/second-start.mjs');
  await refuseSecondStart();
  if (!process.argv.includes('--no-build')) {
    const { build } = await import('./build.mjs');
    await build({ withPages: !development });
  } else if (!existsSync(`${root}dist/server/supervisor.mjs`)) {
    fail('Nothing is built yet: start without --no-build once.');
  }
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
const { supervise } = await import('../dist/server/supervisor.mjs');
const running = supervise();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, interrupted);
// Beside the start, not before it: the first time takes minutes, and only providers from JARs need it.
if (!process.argv.includes('--no-build')) {
  const { buildPluginsInBackground } = await import('./build/plugins.mjs');
  void buildPluginsInBackground();
}
await running;
