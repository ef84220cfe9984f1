import { readFile } from 'node:fs/promises';
import type { DatabaseSettings } from '../database-settings';
import { withEngine, schemaFile } from './engine';
import { readMigrations } from './files';

/**
 * What is in prisma/schema.prisma and not in the migrations, as the SQL that would add it; empty when they agree.
 * Works in a shadow database of its own, which it creates and drops: `settings` needs the right to.
 */
export async function missingMigration(settings: DatabaseSettings, folder?: string): Promise<string> {
  const migrations = await readMigrations(folder);
  const schema = await readFile(schemaFile, 'utf8');
  const { exitCode, stdout } = await withEngine(settings, (engine) =>
    engine.diff({
      from: { tag: 'migrations', ...migrations.list },
      to: { tag: 'schemaDatamodel', files: [{ path: schemaFile, content: schema }] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    }),
  );
  return exitCode === 2 ? (stdout ?? '') : '';
}
