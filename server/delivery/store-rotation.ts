import type pg from 'pg';
import type { ApprovedRow, PoolRow, Queryable } from './store-workers';

const approvedColumns = 'w.id AS "workerId", w.name, w.box_key AS "boxKey", w.sign_key AS "signKey", w.approval';

/** All approved workers but this one. */
export async function listOtherApproved(db: Queryable, workerId: string): Promise<ApprovedRow[]> {
  const { rows } = await db.query<ApprovedRow>(
    `SELECT ${approvedColumns} FROM workers w WHERE w.state = 'approved' AND w.approval IS NOT NULL AND w.id <> $1 ORDER BY w.id`,
    [workerId],
  );
  return rows;
}

/** Approved workers that have the key of an epoch and are not among the given ones. */
export async function listApprovedHoldersBut(db: Queryable, epoch: number, ids: string[]): Promise<ApprovedRow[]> {
  const { rows } = await db.query<ApprovedRow>(
    `SELECT ${approvedColumns} FROM workers w JOIN pool_grants g ON g.worker_id = w.id AND g.pool_epoch = $1
     WHERE w.state = 'approved' AND w.approval IS NOT NULL AND w.id <> ALL($2::uuid[])`,
    [epoch, ids],
  );
  return rows;
}

/** The newest epoch, held until the transaction ends; writers of sealed values, which only refer to it, do not wait. */
export async function holdNewestPool(client: pg.PoolClient): Promise<(PoolRow & { rotationWanted: boolean }) | undefined> {
  const { rows } = await client.query<PoolRow & { rotationWanted: boolean }>(
    `SELECT number AS epoch, public_key AS "publicKey", recovery_public_key AS "recoveryPublicKey", recovery_envelope AS "recoveryEnvelope",
       signature, maker_signature AS "makerSignature", rotation_wanted IS NOT NULL AS "rotationWanted"
     FROM pool_epochs WHERE number = (SELECT max(number) FROM pool_epochs) FOR NO KEY UPDATE`,
  );
  return rows[0];
}

export async function hasGrant(db: Queryable, epoch: number, workerId: string): Promise<boolean> {
  return (await db.query('SELECT 1 FROM pool_grants WHERE pool_epoch = $1 AND worker_id = $2', [epoch, workerId])).rowCount === 1;
}
