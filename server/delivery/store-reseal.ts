import type pg from 'pg';
import { auditColumns, auditPlaceholders, auditValues } from '@/lib/audit/store';
import type { AuditEntry } from '@/lib/audit/events';
import type { Queryable } from './store-workers';

/** A stored value with the record that it is bound to. */
export interface StoredRow {
  versionId: string;
  algorithmId: string;
  secretId: string;
  secretKey: string;
  version: number;
  poolEpoch: number;
  envelope: Buffer;
}

const storedColumns = `v.version_id AS "versionId", s.algorithm_id AS "algorithmId", s.id AS "secretId", s.secret_key AS "secretKey", sv.version,
  v.pool_epoch AS "poolEpoch", v.envelope`;
const stored = 'sealed_values v JOIN secret_versions sv ON sv.id = v.version_id JOIN secrets s ON s.id = sv.secret_id';

const beforeAll = '00000000-0000-0000-0000-000000000000';

/** The next values of one epoch, those of removed secrets and older versions too, in the order of their versions' ids. */
export async function listStored(db: Queryable, epoch: number, after: string | undefined, count: number): Promise<StoredRow[]> {
  const { rows } = await db.query<StoredRow>({
    name: 'reseal-next',
    text: `SELECT ${storedColumns} FROM ${stored} WHERE v.pool_epoch = $1 AND v.version_id > $2 ORDER BY v.version_id LIMIT $3`,
    values: [epoch, after ?? beforeAll, count],
  });
  return rows;
}

export async function findStored(db: Queryable, versionIds: string[]): Promise<StoredRow[]> {
  const { rows } = await db.query<StoredRow>({
    name: 'reseal-found',
    text: `SELECT ${storedColumns} FROM ${stored} WHERE v.version_id = ANY($1::uuid[])`,
    values: [versionIds],
  });
  return rows;
}

export async function newestEpoch(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ epoch: number | null }>('SELECT max(number) AS epoch FROM pool_epochs');
  return rows[0]?.epoch ?? null;
}

export interface Replacement {
  versionId: string;
  /** SHA-256 of the envelope that it takes the place of. */
  was: Buffer;
  envelope: Buffer;
}

/**
 * Puts envelopes in the place of those that they were made from, and writes the event, in one statement. What has another
 * envelope by now, or is of that epoch already, stays as it is. Returns how many were stored.
 */
export async function replaceStored(pool: pg.Pool, epoch: number, values: Replacement[], audit: AuditEntry): Promise<number> {
  const { rows } = await pool.query<{ stored: number }>({
    name: 'reseal-store',
    text: `WITH request AS (
             SELECT * FROM unnest($2::uuid[], $3::bytea[], $4::bytea[]) AS r(version_id, was, envelope)
           ), changed AS (
             UPDATE sealed_values v SET envelope = r.envelope, pool_epoch = $1
             FROM request r WHERE v.version_id = r.version_id AND v.pool_epoch < $1 AND sha256(v.envelope) = r.was
             RETURNING v.version_id
           ), counted AS (
             SELECT count(*)::int AS stored FROM changed
           ), event AS (
             INSERT INTO audit_events (${auditColumns})
             SELECT ${auditColumns.replace('details', "e.details || jsonb_build_object('values', counted.stored)")}
             FROM (VALUES (${auditPlaceholders(5)})) AS e(${auditColumns}), counted WHERE counted.stored > 0
           )
           SELECT stored FROM counted`,
    values: [epoch, values.map(({ versionId }) => versionId), values.map(({ was }) => was), values.map(({ envelope }) => envelope), ...auditValues(audit)],
  });
  return rows[0]?.stored ?? 0;
}
