// Generates the Prisma client into lib/generated/prisma without downloading an engine: the CLI insists on an engine's
// path, and does not run it for this command.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exists, projectRoot } from './files.mjs';

const run = promisify(execFile);

export async function generatePrismaClient() {
  const anyProgram = (await exists('/bin/true')) ? '/bin/true' : process.execPath;
  const cli = join(projectRoot, 'node_modules/prisma/build/index.js');
  try {
    await run(process.execPath, [cli, 'generate', '--no-hints'], {
      cwd: projectRoot,
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: anyProgram,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    });
  } catch (error) {
    throw new Error(`The database client could not be generated from prisma/schema.prisma:\n${error.stderr || error.message}`);
  }
}
