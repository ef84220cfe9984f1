import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../embedded-postgres';
import { UserError } from '../user-error';
import { missingMigration } from './drift';
import { migrationsFolder } from './files';

/** Writes a new migration with what prisma/schema.prisma has and the migrations have not. For people who change the schema. */
export async function makeMigration(name: string): Promise<void> {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new UserError('Give the migration a name of small letters, digits and _: npm run migration -- add_colour');
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'secret-store-migration-'));
  await mkdir(migrationsFolder, { recursive: true });
  // The engine learns from it which database the migrations are for.
  await writeFile(path.join(migrationsFolder, 'migration_lock.toml'), 'provider = "postgresql"\n');
  const postgres = await startEmbeddedPostgres({ dataDir: scratch, durable: false });
  try {
    const sql = await missingMigration(postgres.settings);
    if (sql === '') {
      console.log('Schema and migrations agree: nothing to write.');
      return;
    }
    const moment = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
    const folder = path.join(migrationsFolder, `${moment}_${name}`);
    await mkdir(folder);
    await writeFile(path.join(folder, 'migration.sql'), sql.trimStart());
    console.log(`Written: ${path.relative(process.cwd(), folder)}/migration.sql. Read it before you commit it.`);
  } finally {
    await postgres.stop();
    await rm(scratch, { recursive: true });
  }
}
