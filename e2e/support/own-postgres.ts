import { chown, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { processesUsing, type Product } from '@/e2e/support/product';
import type { DatabaseSettings } from '@/server/database-settings';
import { startEmbeddedPostgres } from '@/server/embedded-postgres';
import { createLocalJoinToken } from '@/server/local-worker';
import { findRunner, runProgram, spawnPostgres } from '@/server/postgres/runner';
import { projectRoot } from '@/server/root';
import { TestWorker } from '@/worker/testing/cluster';

/** A PostgreSQL that is the operator's own, not the product's: started and stopped by a test. */
export interface OwnPostgres {
  /** what an operator would set DATABASE_URL to */
  url: string;
  settings: DatabaseSettings;
  stop(): Promise<void>;
  /** stops its processes where they are, as a machine that hangs */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

function addressOf({ host, port, user, database }: DatabaseSettings): string {
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}

async function signal(cluster: string, name: NodeJS.Signals): Promise<void> {
  for (const { pid } of await processesUsing(cluster)) process.kill(pid, name);
}

/** Starts one in a folder, or starts the one that is there again. */
export async function ownPostgres(folder: string): Promise<OwnPostgres> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const { settings, stop } = await startEmbeddedPostgres({ dataDir: folder, durable: false });
  const cluster = path.join(folder, 'postgres');
  return { url: addressOf(settings), settings, stop, freeze: () => signal(cluster, 'SIGSTOP'), thaw: () => signal(cluster, 'SIGCONT') };
}

/** The folder of the newest PostgreSQL that the system has installed, 14 or later; undefined without one. */
export async function systemPostgres(): Promise<string | undefined> {
  const versions = (await readdir('/usr/lib/postgresql').catch(() => [])).map(Number).filter((version) => version >= 14).sort((a, b) => b - a);
  for (const version of versions) {
    const folder = `/usr/lib/postgresql/${version}`;
    if (await stat(path.join(folder, 'bin/initdb')).catch(() => undefined)) return folder;
  }
  return undefined;
}

/** Starts a cluster of the system's PostgreSQL in a folder. */
export async function startSystemPostgres(programs: string, folder: string): Promise<Pick<OwnPostgres, 'url' | 'settings' | 'stop'>> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const runner = { ...(await findRunner(folder)), native: programs };
  const cluster = path.join(folder, 'cluster');
  await mkdir(cluster, { mode: 0o700 });
  if (runner.owner) await chown(cluster, runner.owner.uid, runner.owner.gid);
  await runProgram(runner, 'initdb', ['-D', cluster, '--username', 'operator', '--auth=trust', '--no-sync']);
  const child = await spawnPostgres(runner, ['-D', cluster, '-c', 'listen_addresses=', '-c', `unix_socket_directories=${cluster}`, '-c', 'fsync=off']);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const admin = { host: cluster, port: 5432, user: 'operator', database: 'postgres' };
  const settings = { ...admin, database: 'secrets' };
  await untilAnswers(admin);
  await run(admin, 'CREATE DATABASE secrets');
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  return { url: addressOf(settings), settings, stop };
}

async function run(settings: DatabaseSettings, sql: string): Promise<void> {
  const client = new pg.Client(settings);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function untilAnswers(settings: DatabaseSettings): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run(settings, 'SELECT 1');
    } catch (error) {
      if (attempt > 200) throw error;
      await sleep(50);
    }
  }
}

/** A worker on a machine of its own, joined at a product's delivery plane, approved, with the pool's key. */
export async function connectWorker(product: Product, database: DatabaseSettings, keyring: string): Promise<TestWorker> {
  const worker = new TestWorker(path.join(projectRoot, 'dist/worker/cli.mjs'));
  worker.start(['--server', product.deliveryUrl, '--token', await createLocalJoinToken(database, keyring)]);
  await worker.state('ready', 20_000);
  return worker;
}
