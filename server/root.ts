import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'prisma', 'schema.prisma'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('This copy of Secret Store is incomplete: the folder prisma/ is missing.');
    folder = parent;
  }
  return folder;
}

/** The checkout: the same folder for sources run by a test and for bundles in dist/server. */
export const projectRoot = findRoot();
