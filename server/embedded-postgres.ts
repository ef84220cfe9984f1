import type { ChildProcess } from 'node:child_process';
import { readFile, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseSettings } from './database-settings';
import { ensureCluster, postgresUser, socketFolder } from './postgres/cluster';
import { clearLeftovers } from './postgres/leftovers';
import { findRunner, makeReachable, spawnPostgres } from './postgres/runner';

const port = 5432;
const database = 'secret_store';

export interface EmbeddedPostgres {
  settings: DatabaseSettings;
  process: ChildProcess;
  /** Closes the database cleanly; resolves when its process is gone. */
  stop(): Promise<void>;
  /** The same, after the connections of others have ended. */
  stopWhenUnused(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** DATA, which exists and whose lock the caller holds; the cluster is in `postgres` below it */
  dataDir: string;
  /** false in tests only: a crash of the machine may cost data */
  durable?: boolean;
  /** gets what PostgreSQL writes to its log */
  onLog?: (chunk: Buffer) => void;
  /** how long crash recovery may take, in milliseconds */
  startTimeout?: number;
  /** cuts the start short; nothing is left running */
  signal?: AbortSignal;
}

/**
 * Starts the PostgreSQL that comes with npm packages: makes the cluster at first, ends what a killed run left, listens
 * on a Unix socket only. Rejects with what PostgreSQL said when it does not come up.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, durable = true, onLog, startTimeout = 120_000, signal } = options;
  const runner = await findRunner(dataDir);
  const cluster = await makeReachable(runner, path.join(dataDir, 'postgres'));
  const host = await socketFolder(runner, cluster);
  await clearLeftovers(cluster, host);
  await ensureCluster(runner, cluster, { durable, signal });
  signal?.throwIfAborted();
  const child = await spawnPostgres(runner, ['-D', cluster, ...configuration(host, durable)]);
  let lastWords = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString('utf8')).slice(-2_000);
    onLog?.(chunk);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      lastWords += error.message;
      resolve();
    });
  });
  const admin = { host, port, user: postgresUser, database: 'postgres' };
  const cut = new Promise<false>((resolve) => signal?.addEventListener('abort', () => resolve(false), { once: true }));
  const isReady = await Promise.race([untilReady(admin, startTimeout), ended.then(() => false), cut]);
  if (!isReady) {
    await stop(child, ended);
    throw new Error(`PostgreSQL did not start: ${causeIn(lastWords)}\n${lastWords.trim()}`);
  }
  await ensureDatabase(admin);
  // A socket's folder below the temporary directory is not left behind.
  void ended.then(() => (host === cluster ? undefined : rmdir(host).catch(() => undefined)));
  return { settings: { ...admin, database }, process: child, stop: () => stop(child, ended), stopWhenUnused: () => stop(child, ended, [['SIGTERM', 10_000]]) };
}

/** The settings of a server that another process runs on this data folder; undefined when none does. */
export async function findEmbeddedPostgres(dataDir: string): Promise<DatabaseSettings | undefined> {
  const text = await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => undefined);
  // PostgreSQL writes its socket's folder into the fifth line.
  const host = text?.split('\n')[4];
  return host ? { host, port, user: postgresUser, database } : undefined;
}

/** The line of PostgreSQL's last words that says why it ended. */
function causeIn(words: string): string {
  const lines = words.trim().split('\n');
  return /(?:FATAL|PANIC):\s+(.*)/.exec(lines.find((line) => /FATAL|PANIC/.test(line)) ?? '')?.[1] ?? (lines.at(-1) || 'it said nothing');
}

function configuration(socket: string, durable: boolean): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: socket.includes(',') || socket.includes('"') ? `"${socket.replaceAll('"', '""')}"` : socket,
    unix_socket_permissions: '0700',
    port: String(port),
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A statement in the log would repeat names that people gave to things.
    log_min_error_statement: 'panic',
    jit: 'off',
    cluster_name: 'secret-store',
  };
  if (!durable) Object.assign(settings, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' });
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function untilReady(settings: DatabaseSettings, timeout: number): Promise<boolean> {
  const until = Date.now() + timeout;
  while (Date.now() < until) {
    const client = new pg.Client({ ...settings, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return true;
    } catch {
      await sleep(15);
    } finally {
      await client.end().catch(() => {});
    }
  }
  return false;
}

async function ensureDatabase(settings: DatabaseSettings): Promise<void> {
  const client = new pg.Client(settings);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  } finally {
    await client.end();
  }
}

/** Fast shutdown first; then without writing a checkpoint, which the next start makes up for. */
async function stop(child: ChildProcess, ended: Promise<void>, before: [NodeJS.Signals, number][] = []): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [...before, ['SIGINT', 8_000], ['SIGQUIT', 3_000], ['SIGKILL', 3_000]];
  for (const [signal, patience] of steps) {
    child.kill(signal);
    const waiting = new AbortController();
    const isGone = await Promise.race([
      ended.then(() => true),
      sleep(patience, false, { signal: waiting.signal }).catch(() => false),
    ]);
    waiting.abort();
    if (isGone) return;
  }
}
