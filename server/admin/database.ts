import { access } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { takeLock } from '../build/lock.mjs';
import { explainFileError, lockFile } from '../data-folder';
import type { DatabaseSettings } from '../database-settings';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres';
import type { ServerEnv } from '../env';
import { UserError } from '../user-error';

const patience = 30_000;

async function answers(settings: DatabaseSettings): Promise<boolean> {
  const client = new pg.Client({ ...settings, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Reaches the embedded database: the running server's, or one started for the moment. `close` ends the latter. */
async function openEmbedded(dataDir: string): Promise<{ settings: DatabaseSettings; close: () => Promise<void> }> {
  await access(path.join(dataDir, 'postgres')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new UserError(`There is no database in ${dataDir} yet. Run npm start once, or set SECRET_STORE_DATA_DIR to the server's data folder.`);
  });
  const until = Date.now() + patience;
  for (;;) {
    const lock = await takeLock(lockFile(dataDir), 'secret-store-admin');
    if ('release' in lock) return startForTheMoment(dataDir, lock.release);
    const settings = await findEmbeddedPostgres(dataDir);
    if (settings && (await answers(settings))) return { settings, close: async () => {} };
    if (Date.now() > until) throw new UserError(`The server (process ${lock.heldBy}) has ${dataDir} but its database does not answer. See ${path.join(dataDir, 'logs', 'postgres.log')}.`);
    await sleep(100);
  }
}

async function startForTheMoment(dataDir: string, release: () => Promise<void>) {
  try {
    const postgres = await startEmbeddedPostgres({ dataDir });
    const { migrate } = await import('../migrate');
    await migrate(postgres.settings);
    return {
      settings: postgres.settings,
      close: async () => {
        // Another such command may be using it: it is waited for.
        await postgres.stopWhenUnused();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Opens the database of an installation: the operator's own, else the embedded one, running or not. */
export async function openDatabase(env: ServerEnv): Promise<{ embedded: DatabaseSettings | undefined; close: () => Promise<void> }> {
  if (env.database) return { embedded: undefined, close: async () => {} };
  try {
    const { settings, close } = await openEmbedded(env.dataDir);
    return { embedded: settings, close };
  } catch (error) {
    throw explainFileError(error, env.dataDir);
  }
}
