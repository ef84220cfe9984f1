#!/usr/bin/env node
// npm run plugin:check -- file.jar …: builds what it needs, once, then puts the JAR through the contract. docs/writing-a-plugin.md.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The check could not be made at all; 1 is for a plugin that does not conform. */
const notMade = 2;

function fail(message) {
  console.error(message);
  process.exit(notMade);
}

if (!existsSync(`${root}node_modules/esbuild/package.json`)) fail('The packages are not installed: run npm ci first.');

// Until the check takes over; what a build has started ends with us.
const interrupted = () => process.exit(130);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupted);
// Standard output has the report alone.
let said = 0;
const say = (line) => {
  said++;
  console.error(line);
};
try {
  const { build } = await import('./build.mjs');
  await build({ withPages: false, say });
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
const { prepareCheck, runCheck } = await import('../dist/server/plugin-check.mjs');
const prepared = await prepareCheck(process.argv.slice(2), process.env);
if ('exitCode' in prepared) process.exit(prepared.exitCode);
try {
  const { buildPlugins } = await import('./build/plugins.mjs');
  const before = said;
  if (!(await buildPlugins({ say }))) fail(said > before ? 'Without the plugin host no plugin can be checked.' : 'The plugin host is being built by another process: try again in a minute or two.');
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, interrupted);
process.exit(await runCheck(prepared));
