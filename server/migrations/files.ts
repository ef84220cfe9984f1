import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../root';

export const migrationsFolder = path.join(projectRoot, 'prisma', 'migrations');

/** The committed migrations, in the order in which they apply. */
export interface Migrations {
  /** SQL by migration name */
  scripts: Map<string, string>;
  /** the same, as the engine takes it */
  list: {
    baseDir: string;
    lockfile: { path: string; content: string | null };
    shadowDbInitScript: string;
    migrationDirectories: { path: string; migrationFile: { path: string; content: { tag: 'ok'; value: string } } }[];
  };
}

export async function readMigrations(folder = migrationsFolder): Promise<Migrations> {
  const scripts = new Map<string, string>();
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  for (const name of names.sort()) scripts.set(name, await readFile(path.join(folder, name, 'migration.sql'), 'utf8'));
  const lock = await readFile(path.join(folder, 'migration_lock.toml'), 'utf8').catch(() => null);
  return {
    scripts,
    list: {
      baseDir: folder,
      lockfile: { path: 'migration_lock.toml', content: lock },
      shadowDbInitScript: '',
      migrationDirectories: [...scripts].map(([name, sql]) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
      })),
    },
  };
}
