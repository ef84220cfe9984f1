#!/usr/bin/env node
// npm run migration -- NAME: writes the SQL between the committed migrations and prisma/schema.prisma as a new migration.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { projectRoot } from './build/files.mjs';

const outfile = join(projectRoot, 'dist', 'server', `make-migration.${process.pid}.mjs`);
await build({
  entryPoints: [join(projectRoot, 'server/migrations/make.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
try {
  const { makeMigration } = await import(pathToFileURL(outfile).href);
  await makeMigration(process.argv[2] ?? '');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rm(outfile);
}
