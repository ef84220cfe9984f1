import pg from 'pg';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, Prisma } from '@/lib/generated/prisma/client';
import { env } from '@/lib/env';
import { log } from '@/lib/log';

/** What a store gets inside a transaction. */
export type Transaction = Prisma.TransactionClient;

interface Database {
  pool: pg.Pool;
  batchPool: pg.Pool;
  prisma: PrismaClient;
}

function newPool(settings: Pick<pg.PoolConfig, 'max' | 'onConnect'>): pg.Pool {
  const pool = new pg.Pool({
    ...env().database,
    ...settings,
    // Callers are told within 5 s that the database is away: 2 s to connect, 2.5 s for a statement.
    connectionTimeoutMillis: 2_000,
    statement_timeout: 2_500,
    query_timeout: 3_000,
    idle_in_transaction_session_timeout: 10_000,
    application_name: 'secret-store',
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ reason: error.message }, 'a database connection broke'));
  return pool;
}

// With few rows the planner prefers reading a whole table, and a prepared plan made then outlives the table's growth.
const indexOnly = 'SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off';

function connect(): Database {
  const pool = newPool({ max: 16 });
  const batchPool = newPool({
    max: 3,
    onConnect: async (client) => {
      await client.query(indexOnly);
    },
  });
  return { pool, batchPool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
}

// Next's bundle and the directly mounted routes are two copies of this module in one process: they share one pool.
const shared = globalThis as typeof globalThis & { secretStoreDatabase?: Database };

function database(): Database {
  shared.secretStoreDatabase ??= connect();
  return shared.secretStoreDatabase;
}

/** For stores. */
export function prisma(): PrismaClient {
  return database().prisma;
}

/** For stores whose statements are on a hot path: one prepared statement instead of several round trips. */
export function pool(): pg.Pool {
  return database().pool;
}

/** For statements that do many look-ups or changes by key at once, always through an index. */
export function batchPool(): pg.Pool {
  return database().batchPool;
}

const attempts = 4;

/**
 * Runs `work` in one transaction: a change and its audit row commit together or not at all. Serialization failures and
 * deadlocks are tried again; a connection that breaks is not, since its commit may have happened. `timeoutMs` is for what
 * moves megabytes.
 */
export async function inTransaction<T>(work: (tx: Transaction) => Promise<T>, { timeoutMs = 4_500 }: { timeoutMs?: number } = {}): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await prisma().$transaction(work, { maxWait: 2_500, timeout: timeoutMs });
    } catch (error) {
      if (attempt >= attempts || !isConflict(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * attempt * (1 + Math.random())));
    }
  }
}

function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at = error, depth = 0; at && typeof at === 'object' && depth < 6; depth++) {
    const { code, originalCode, kind } = at as { code?: unknown; originalCode?: unknown; kind?: unknown };
    for (const each of [code, originalCode, kind]) if (typeof each === 'string') codes.push(each);
    const { cause, meta } = at as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
    at = cause ?? meta?.driverAdapterError;
  }
  return codes;
}

function isConflict(error: unknown): boolean {
  return codesOf(error).some((code) => ['P2034', '40001', '40P01', 'TransactionWriteConflict'].includes(code));
}

/** The constraint or the columns that an error names, in the forms of pg and of Prisma's driver adapter. */
function constraintOf(error: unknown): string {
  const names: string[] = [];
  for (let at = error, depth = 0; at && typeof at === 'object' && depth < 6; depth++) {
    const { constraint, cause, meta } = at as { constraint?: unknown; cause?: unknown; meta?: { driverAdapterError?: unknown; target?: unknown } };
    names.push(JSON.stringify([constraint, meta?.target]));
    at = cause ?? meta?.driverAdapterError;
  }
  return names.join(' ');
}

/** Whether a unique constraint refused the write; `column` names one of its columns or the constraint. */
export function isTaken(error: unknown, column?: string): boolean {
  return codesOf(error).some((code) => code === 'P2002' || code === '23505') && (column === undefined || constraintOf(error).includes(column));
}

/** Whether a foreign key refused the write: what it points to is gone, or something points to it still. */
export function isReferenced(error: unknown, column?: string): boolean {
  const codes = ['P2003', '23503', '23001', 'ForeignKeyConstraintViolation'];
  return codesOf(error).some((code) => codes.includes(code)) && (column === undefined || constraintOf(error).includes(column));
}

const awayCodes = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN',
  'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections',
  // shut down, crashed, starting up, too many connections, out of disk, out of memory, read only (a failover), cancelled by time-out
  '57P01', '57P02', '57P03', '53300', '53100', '53200', '25006', '57014',
]);
const awayMessages = /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|not queryable|the database system is/i;

/** Whether the disk of the database is full: what is stored can be read, and nothing more be stored. */
export function isDatabaseFull(error: unknown): boolean {
  return codesOf(error).includes('53100');
}

/** Whether the database is away (or full), as opposed to having refused what was asked. */
export function isDatabaseAway(error: unknown): boolean {
  if (codesOf(error).some((code) => awayCodes.has(code) || code.startsWith('08'))) return true;
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) if (awayMessages.test(at.message)) return true;
  return false;
}
