import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { bootstrap } from './bootstrap';
import type { DatabaseSettings } from './database-settings';
import { embeddedDatabase, serverEnv } from './env';
import { migrate } from './migrate';
import { UserError } from './user-error';

/**
 * A short-lived process of the start: waits for the database, brings it up to date, makes what an installation needs.
 * It says over IPC how that went; a first admin's generated password goes that way too, and nowhere else.
 */
export type PrepareMessage =
  | { type: 'waiting'; reason: string }
  | { type: 'prepared'; migrations: string[]; createdAdmin?: { username: string; password?: string } }
  | { type: 'failed'; message: string; isUserError: boolean };

const patience = 60_000;
const oldestVersion = 140_000;

function tell(message: PrepareMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });
}

/** Errors that time does not heal. */
const final: Record<string, string> = {
  '28P01': 'it refuses the user name or password',
  '28000': 'it refuses the user',
  '3D000': 'the database named there does not exist; create it first',
  ENOTFOUND: 'its host name is not known',
};

async function untilReachable(settings: DatabaseSettings): Promise<void> {
  const until = Date.now() + patience;
  let told = false;
  for (;;) {
    const client = new pg.Client({ ...settings, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      const { rows } = await client.query<{ version: string }>('SHOW server_version_num');
      const version = Number(rows[0]?.version);
      if (version < oldestVersion) throw new UserError(`The database at DATABASE_URL is PostgreSQL ${Math.floor(version / 10_000)}; version 14 or newer is needed.`);
      return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      const { code, message } = error as Error & { code?: string };
      if (code && final[code]) throw new UserError(`The database at DATABASE_URL cannot be used: ${final[code]}.`);
      if (Date.now() > until) {
        throw new UserError(`The database at DATABASE_URL has not been reachable for ${patience / 1000} s (${code ?? message}). Start it, or correct DATABASE_URL.`);
      }
      if (!told) await tell({ type: 'waiting', reason: code ?? message });
      told = true;
      await sleep(500);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

async function main(): Promise<void> {
  const settings = embeddedDatabase() ?? serverEnv().database;
  if (!settings) throw new UserError('There is no database: set DATABASE_URL, or start with npm start.');
  await untilReachable(settings);
  const migrations = await migrate(settings);
  const { createdAdmin } = await bootstrap();
  await tell({ type: 'prepared', migrations, createdAdmin });
}

process.on('disconnect', () => process.exit(1));
main().then(
  () => process.exit(0),
  async (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${error instanceof Error && !(error instanceof UserError) ? error.stack : message}\n`);
    await tell({ type: 'failed', message, isUserError: error instanceof UserError });
    process.exit(1);
  },
);
