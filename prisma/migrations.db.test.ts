import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshDatabase, queryDatabase } from '@/e2e/support/database';
import { migrate } from '@/server/migrate';
import { missingMigration } from '@/server/migrations/drift';
import { migrationsFolder } from '@/server/migrations/files';

async function withExtraMigration(sql: string, name = '29990101000000_extra'): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'secret-store-migrations-'));
  await cp(migrationsFolder, folder, { recursive: true });
  await mkdir(path.join(folder, name));
  await writeFile(path.join(folder, name, 'migration.sql'), sql);
  return folder;
}

const rowsOf = (settings: Awaited<ReturnType<typeof freshDatabase>>) =>
  queryDatabase<{ name: string; done: boolean; undone: boolean }>(
    settings,
    `SELECT migration_name AS name, finished_at IS NOT NULL AS done, rolled_back_at IS NOT NULL AS undone
       FROM _prisma_migrations ORDER BY started_at`,
  );

describe('the migrations', () => {
  test('agree with prisma/schema.prisma', async () => {
    expect(await missingMigration(await freshDatabase({ empty: true }))).toBe('');
  });

  test('that lack something of the schema are found out, with the SQL that is missing', async () => {
    const folder = await withExtraMigration('ALTER TABLE "users" DROP COLUMN "fullname";');
    expect(await missingMigration(await freshDatabase({ empty: true }), folder)).toContain('ADD COLUMN     "fullname"');
  });

  test('apply to an empty database, and have nothing to do the second time', async () => {
    const settings = await freshDatabase({ empty: true });
    expect(await migrate(settings)).not.toEqual([]);
    expect(await migrate(settings)).toEqual([]);
  });

  test('apply once when two servers start on one database at once', async () => {
    const settings = await freshDatabase({ empty: true });
    const applied = await Promise.all([migrate(settings), migrate(settings), migrate(settings)]);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  });

  test('may hold functions with semicolons in them', async () => {
    const settings = await freshDatabase();
    const folder = await withExtraMigration(`CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN n := n + n; RETURN n; END $$; CREATE TABLE after_it (id int);`);
    await migrate(settings, { folder });
    expect(await queryDatabase(settings, 'SELECT twice(21) AS answer')).toEqual([{ answer: 42 }]);
  });

  test('that fail leave nothing behind, say why, and can be put right', async () => {
    const settings = await freshDatabase();
    const broken = await withExtraMigration('CREATE TABLE half_made (id int); SELECT no_such_function();');
    await expect(migrate(settings, { folder: broken })).rejects.toThrow(/29990101000000_extra[\s\S]*no_such_function/);
    expect(await queryDatabase(settings, `SELECT to_regclass('half_made')::text AS found`)).toEqual([{ found: null }]);
    const right = await withExtraMigration('CREATE TABLE half_made (id int);');
    expect(await migrate(settings, { folder: right })).toEqual(['29990101000000_extra']);
  });

  test('record their success in the transaction of their statements, so that a crash in between cannot exist', async () => {
    const settings = await freshDatabase();
    // A trigger that sees the row already finished while the engine's own update has not happened yet.
    const folder = await withExtraMigration('CREATE TABLE crash_probe (id int);');
    await queryDatabase(settings, `CREATE TABLE finished (transaction text, name text)`);
    await queryDatabase(
      settings,
      `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL THEN
           INSERT INTO finished VALUES (txid_current()::text, NEW.migration_name);
         END IF; RETURN NEW; END $$`,
    );
    await queryDatabase(settings, 'CREATE TRIGGER note BEFORE UPDATE ON _prisma_migrations FOR EACH ROW EXECUTE FUNCTION note()');
    await migrate(settings, { folder });
    const [made] = await queryDatabase<{ xmin: string }>(settings, `SELECT xmin::text FROM pg_class WHERE relname = 'crash_probe'`);
    const [finished] = await queryDatabase<{ transaction: string }>(settings, 'SELECT transaction FROM finished');
    expect(finished?.transaction).toBe(made?.xmin);
  });

  test('cut short by a crash are applied by the next start', async () => {
    const settings = await freshDatabase();
    const folder = await withExtraMigration('CREATE TABLE later (id int);');
    await queryDatabase(
      settings,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count)
       VALUES (gen_random_uuid(), 'x', '29990101000000_extra', now(), 0)`,
    );
    expect(await migrate(settings, { folder })).toEqual(['29990101000000_extra']);
    expect((await rowsOf(settings)).filter((row) => row.name.endsWith('extra'))).toEqual([
      { name: '29990101000000_extra', done: false, undone: true },
      { name: '29990101000000_extra', done: true, undone: false },
    ]);
  });
});
