import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { DatabaseSettings } from '@/server/database-settings';

/** As in the global set-up, which is another process. */
const template = 'template_migrated';

async function administer(sql: string): Promise<void> {
  const client = new pg.Client(inject('postgres'));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/**
 * A new database on the run's PostgreSQL, migrated unless `empty`. It goes when the run ends.
 * @returns its connection settings
 */
export async function freshDatabase(options: { empty?: boolean } = {}): Promise<DatabaseSettings> {
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(`CREATE DATABASE ${database}${options.empty ? '' : ` TEMPLATE ${template} STRATEGY file_copy`}`);
  return { ...inject('postgres'), database };
}

/**
 * Points `lib/env` of this test file's process at a fresh database and an empty data folder. To be called before
 * anything reads the environment, so at the top of a file, before its dynamic imports.
 */
export async function pointAtFreshDatabase(): Promise<DatabaseSettings> {
  const settings = await freshDatabase();
  process.env.SECRET_STORE_DATABASE = JSON.stringify(settings);
  process.env.SECRET_STORE_DATA_DIR = mkdtempSync(path.join(os.tmpdir(), 'secret-store-test-'));
  return settings;
}

/** Runs one statement as a plain client, for looking at what a test has done. */
export async function queryDatabase<Row extends pg.QueryResultRow>(settings: DatabaseSettings, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client(settings);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
