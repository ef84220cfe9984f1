import type pg from 'pg';
import { auditColumns, auditPlaceholders, auditValues } from '@/lib/audit/store';
import type { AuditActor, AuditEntry } from '@/lib/audit/events';
import type { Receipt, WorkerState } from '@/lib/schemas/delivery';

export interface WorkerRow {
  id: string;
  name: string;
  state: WorkerState;
  boxKey: Buffer;
  signKey: Buffer;
  /** The server's signature; null for a worker that was never approved. */
  approval: Buffer | null;
}

const workerColumns = 'id, name, state::text AS state, box_key AS "boxKey", sign_key AS "signKey", approval';

export interface TokenRow {
  id: string;
  workerId: string | null;
  used: boolean;
  expired: boolean;
}

export interface PoolRow {
  epoch: number;
  publicKey: Buffer;
  recoveryPublicKey: Buffer;
  recoveryEnvelope: Buffer;
  signature: Buffer;
  makerSignature: Buffer | null;
}

export interface ListedPool extends PoolRow {
  makerBoxKey: Buffer | null;
  makerSignKey: Buffer | null;
  rotationWanted: boolean;
  /** Whether stored values are sealed for it. */
  used: boolean;
}

export interface ApprovedRow {
  workerId: string;
  name: string;
  boxKey: Buffer;
  signKey: Buffer;
  approval: Buffer;
}

export interface PendingGrantRow extends ApprovedRow {
  epochs: number[];
}

export type Queryable = pg.Pool | pg.PoolClient;

async function first<Row extends pg.QueryResultRow>(db: Queryable, text: string, values: unknown[]): Promise<Row | undefined> {
  return (await db.query<Row>(text, values)).rows[0];
}

/** Commits what `work` did, or nothing of it. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((fault: unknown) => (broken = fault instanceof Error ? fault : new Error('rollback failed')));
    throw error;
  } finally {
    client.release(broken);
  }
}

export async function recordEvent(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query(`INSERT INTO audit_events (${auditColumns}) VALUES (${auditPlaceholders(1)})`, auditValues(entry));
}

/** The row stays locked until the transaction ends: of two uses at once, one waits and finds it used. */
export function lockToken(client: pg.PoolClient, hash: Buffer): Promise<TokenRow | undefined> {
  return first<TokenRow>(
    client,
    `SELECT id, worker_id AS "workerId", used IS NOT NULL AS used, expires < now() AS expired FROM worker_tokens WHERE token_hash = $1 FOR UPDATE`,
    [hash],
  );
}

export async function useToken(client: pg.PoolClient, id: string, workerId: string): Promise<void> {
  await client.query('UPDATE worker_tokens SET used = now(), worker_id = $2 WHERE id = $1', [id, workerId]);
}

export function findWorkerByKeys(db: Queryable, keys: { boxKey: Buffer; signKey: Buffer }): Promise<WorkerRow | undefined> {
  return first<WorkerRow>(db, `SELECT ${workerColumns} FROM workers WHERE box_key = $1 OR sign_key = $2`, [keys.boxKey, keys.signKey]);
}

export function findWorker(db: Queryable, id: string): Promise<WorkerRow | undefined> {
  return first<WorkerRow>(db, `SELECT ${workerColumns} FROM workers WHERE id = $1`, [id]);
}

export interface NewWorker extends WorkerRow {
  fingerprint: string;
  address: string;
  software: string;
}

export async function insertWorker(client: pg.PoolClient, worker: NewWorker): Promise<void> {
  await client.query(
    `INSERT INTO workers (id, name, state, box_key, sign_key, fingerprint, address, software, approval, approved)
     VALUES ($1, $2, $3::worker_state, $4, $5, $6, $7, $8, $9, CASE WHEN $9::bytea IS NULL THEN NULL ELSE now() END)`,
    [worker.id, worker.name, worker.state, worker.boxKey, worker.signKey, worker.fingerprint, worker.address, worker.software, worker.approval],
  );
}

/** Called for a worker that a token of the supervisor's lets in although it joined before without one. */
export async function approveWorker(client: pg.PoolClient, id: string, approval: Buffer): Promise<void> {
  await client.query(`UPDATE workers SET state = 'approved', approval = $2, approved = now() WHERE id = $1 AND state = 'pending'`, [id, approval]);
}

export async function touchWorker(client: pg.PoolClient, id: string, address: string, software: string): Promise<void> {
  await client.query('UPDATE workers SET last_seen = now(), address = $2, software = $3 WHERE id = $1', [id, address, software]);
}

export async function seenWorkers(pool: pg.Pool, ids: string[]): Promise<void> {
  await pool.query('UPDATE workers SET last_seen = now() WHERE id = ANY($1::uuid[])', [ids]);
}

export async function listPools(db: Queryable): Promise<ListedPool[]> {
  const { rows } = await db.query<ListedPool>(
    `SELECT e.number AS epoch, e.public_key AS "publicKey", e.recovery_public_key AS "recoveryPublicKey", e.recovery_envelope AS "recoveryEnvelope",
       e.signature, e.maker_signature AS "makerSignature", w.box_key AS "makerBoxKey", w.sign_key AS "makerSignKey",
       e.rotation_wanted IS NOT NULL AS "rotationWanted", EXISTS (SELECT 1 FROM sealed_values v WHERE v.pool_epoch = e.number) AS used
     FROM pool_epochs e LEFT JOIN workers w ON w.id = e.created_by ORDER BY e.number`,
  );
  return rows;
}

export async function listGrants(db: Queryable, workerId: string): Promise<{ epoch: number; envelope: Buffer }[]> {
  const { rows } = await db.query<{ epoch: number; envelope: Buffer }>(
    'SELECT pool_epoch AS epoch, envelope FROM pool_grants WHERE worker_id = $1 ORDER BY pool_epoch',
    [workerId],
  );
  return rows;
}

/** Approved workers that lack the key of an epoch that this worker has been granted. */
export async function listPendingGrants(db: Queryable, granterId: string): Promise<PendingGrantRow[]> {
  const { rows } = await db.query<PendingGrantRow>(
    `SELECT w.id AS "workerId", w.name, w.box_key AS "boxKey", w.sign_key AS "signKey", w.approval, array_agg(g.pool_epoch ORDER BY g.pool_epoch) AS epochs
     FROM pool_grants g CROSS JOIN workers w
     WHERE g.worker_id = $1 AND w.state = 'approved' AND w.approval IS NOT NULL AND w.id <> $1
       AND NOT EXISTS (SELECT 1 FROM pool_grants h WHERE h.worker_id = w.id AND h.pool_epoch = g.pool_epoch)
     GROUP BY w.id LIMIT 50`,
    [granterId],
  );
  return rows;
}

/** False when the epoch exists already. */
export async function insertPool(client: pg.PoolClient, pool: PoolRow, createdBy: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO pool_epochs (number, public_key, recovery_public_key, recovery_envelope, signature, maker_signature, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [pool.epoch, pool.publicKey, pool.recoveryPublicKey, pool.recoveryEnvelope, pool.signature, pool.makerSignature, createdBy],
  );
  return rowCount === 1;
}

/** Makes sure that there is no epoch at all, until the transaction ends; false when there is one. */
export async function holdFirstPool(client: pg.PoolClient): Promise<boolean> {
  await client.query('LOCK TABLE pool_epochs IN SHARE ROW EXCLUSIVE MODE');
  return (await client.query('SELECT 1 FROM pool_epochs LIMIT 1')).rowCount === 0;
}

/** Of these workers those that are approved; they stay so until the transaction ends: a revocation waits, and then sees what was done. */
export async function holdApproved(client: pg.PoolClient, ids: string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(`SELECT id FROM workers WHERE id = ANY($1::uuid[]) AND state = 'approved' ORDER BY id FOR SHARE`, [ids]);
  return rows.map(({ id }) => id);
}

/** A worker may replace its own grant (after a recovery); one for another worker is only written where there is none. */
export async function insertGrant(client: pg.PoolClient, grant: { epoch: number; workerId: string; envelope: Buffer; grantedBy: string }): Promise<boolean> {
  const onConflict = grant.workerId === grant.grantedBy ? 'UPDATE SET envelope = $3, granted_by = $4, created = now()' : 'NOTHING';
  const { rowCount } = await client.query(
    `INSERT INTO pool_grants (pool_epoch, worker_id, envelope, granted_by)
     SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT 1 FROM pool_epochs WHERE number = $1)
     ON CONFLICT (pool_epoch, worker_id) DO ${onConflict}`,
    [grant.epoch, grant.workerId, grant.envelope, grant.grantedBy],
  );
  return rowCount === 1;
}

/** Writes what happened on a worker while it was away, one event each, in one statement. */
export async function recordReceipts(pool: pg.Pool, actor: AuditActor, receipts: Required<Omit<Receipt, 'cause'>>[], causes: (string | null)[]): Promise<void> {
  await pool.query(
    `INSERT INTO audit_events (${auditColumns})
     SELECT 'secret.open', r.outcome, 'worker', $1::uuid, $2, 'algorithm', r.algorithm_id,
       coalesce((SELECT ac.name || '/' || al.name FROM algorithms al JOIN accounts ac ON ac.id = al.owner_id WHERE al.id = r.algorithm_id), ''),
       $3::uuid, $4, jsonb_strip_nulls(jsonb_build_object('receipt', r.id, 'startedAt', r.at, 'tag', r.tag, 'variable', nullif(r.variable, ''), 'cause', r.cause))
     FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) AS r(id, algorithm_id, at, outcome, tag, variable, cause)`,
    [
      actor.id, actor.name ?? '', actor.requestId, actor.address ?? '',
      receipts.map(({ id }) => id), receipts.map(({ algorithmId }) => algorithmId), receipts.map(({ at }) => at),
      receipts.map(({ outcome }) => (outcome === 'started' ? 'done' : 'refused')), receipts.map(({ tag }) => tag),
      receipts.map(({ variable }) => variable), causes,
    ],
  );
}

/** Tells every delivery listener that workers or grants changed. After the commit: inside it would make commits queue. */
export async function notifyWorkersChanged(pool: pg.Pool): Promise<void> {
  await pool.query(`SELECT pg_notify('secret_store_changes', '{"workers":true}')`);
}
