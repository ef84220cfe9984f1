#!/usr/bin/env node
// There before any build, so that npm's link to it is. The program itself is the bundle in dist/.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const candidates = ['../../dist/worker/cli.mjs', '../dist/cli.mjs', './cli.mjs'].map((place) => new URL(place, import.meta.url));
const program = candidates.find((place) => existsSync(fileURLToPath(place)));
if (program) {
  await import(program.href);
} else {
  process.stderr.write('secret-store: not built yet: run "npm start" or "npm run build" once\n');
  process.exit(125);
}
