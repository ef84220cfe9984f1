import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseSettings } from './database-settings';
import { engineMessage, withEngine } from './migrations/engine';
import { readMigrations, type Migrations } from './migrations/files';

/** Any number that other programs on the same database are unlikely to take. */
const lockKey = 7_311_904_255;
const noFilters = { externalTables: [], externalEnums: [] };
const attempts = 5;
/** Without a lock, a row this old and without a log belongs to a server that died while it migrated, not to one that is at it. */
const abandonedAfterSeconds = 60;

interface Lock {
  /** Whether the database really keeps others out; some PostgreSQL-compatible engines accept the call and do nothing. */
  exclusive: boolean;
  release(): Promise<void>;
}

/**
 * Applies the migrations that are not in the database yet. Safe to call by several servers at once, and again after one
 * was cut short. Rejects with a message that names the migration and what the database said.
 * @returns the names of those applied by this call
 */
export async function migrate(settings: DatabaseSettings, options: { folder?: string; lockTimeout?: number } = {}): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  const lock = await takeDatabaseLock(settings, options.lockTimeout ?? 60_000);
  try {
    for (let attempt = 1; ; attempt++) {
      await clearAbandoned(settings, lock);
      try {
        return await apply(settings, migrations);
      } catch (error) {
        // Another server may have been faster: whatever it has done is found applied at the next look.
        await clearAbandoned(settings, lock);
        if (lock.exclusive || attempt >= attempts) {
          throw new Error(`The database could not be brought up to date; nothing of the failed migration was kept. ${engineMessage(error)}`);
        }
        await sleep(300 * attempt);
      }
    }
  } finally {
    await lock.release();
  }
}

async function apply(settings: DatabaseSettings, migrations: Migrations): Promise<string[]> {
  const input = { migrationsList: migrations.list, filters: noFilters };
  const { appliedMigrationNames } = await withEngine(settings, (engine) => engine.applyMigrations(input), migrations);
  return appliedMigrationNames;
}

/**
 * A migration that failed blocks all later ones until it is marked as rolled back. It *was* rolled back: each runs as
 * one transaction, its own success included.
 */
async function clearAbandoned(settings: DatabaseSettings, lock: Lock): Promise<void> {
  const client = new pg.Client(settings);
  await client.connect();
  let names: string[];
  try {
    const table = await client.query<{ found: string | null }>(`SELECT to_regclass('_prisma_migrations')::text AS found`);
    if (!table.rows[0]?.found) return;
    const abandoned = await client.query<{ migration_name: string }>(
      `SELECT DISTINCT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL
         AND (logs <> '' OR $1 OR started_at < now() - make_interval(secs => $2))`,
      [lock.exclusive, abandonedAfterSeconds],
    );
    names = abandoned.rows.map((row) => row.migration_name);
  } finally {
    await client.end();
  }
  if (names.length === 0) return;
  await withEngine(settings, async (engine) => {
    for (const migrationName of names) await engine.markMigrationRolledBack({ migrationName });
  });
}

/** Held inside an open transaction, so that a connection pooler in between does not hand it to someone else. */
async function takeDatabaseLock(settings: DatabaseSettings, timeout: number): Promise<Lock> {
  const client = new pg.Client({ ...settings, application_name: 'secret-store migrations' });
  client.on('error', () => {});
  await client.connect();
  const until = Date.now() + timeout;
  for (;;) {
    await client.query('BEGIN');
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [lockKey]);
    if (rows[0]?.taken) break;
    await client.query('ROLLBACK');
    if (Date.now() > until) {
      await client.end();
      throw new Error(`Another server has been migrating this database for ${Math.round(timeout / 1000)} s; start again when it is done.`);
    }
    await sleep(200);
  }
  return {
    exclusive: !(await canTakeTwice(settings)),
    release: async () => {
      await client.query('COMMIT').catch(() => {});
      await client.end().catch(() => {});
    },
  };
}

async function canTakeTwice(settings: DatabaseSettings): Promise<boolean> {
  const client = new pg.Client(settings);
  await client.connect();
  try {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [lockKey]);
    return rows[0]?.taken !== false;
  } finally {
    await client.end();
  }
}
