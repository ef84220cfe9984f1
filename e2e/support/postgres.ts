import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '@/server/embedded-postgres';
import { migrate } from '@/server/migrate';
import type { DatabaseSettings } from '@/server/database-settings';

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: DatabaseSettings;
  }
}

/** Cloned by every test file that wants a database of its own. */
export const templateDatabase = 'template_migrated';

/** Vitest's global set-up: one PostgreSQL for the run, in a folder that goes with it, and a migrated database to clone. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'secret-store-tests-'));
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false });
  const admin = new pg.Client(postgres.settings);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${templateDatabase}`);
  await admin.end();
  await migrate({ ...postgres.settings, database: templateDatabase });
  project.provide('postgres', postgres.settings);
  return async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
