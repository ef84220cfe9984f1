import { pool, prisma, type Transaction } from '@/lib/db';

/** The newest pool epoch with what its signature covers, or null. */
export function newestPoolEpoch() {
  return prisma().poolEpoch.findFirst({ orderBy: { number: 'desc' } });
}

/**
 * Notes that the newest epoch has to end, if it does not wait for that already; with a worker, only if that one was
 * granted its key. Answers the epoch's number, or null when nothing was noted. The revoked worker's row has to be written before: then
 * an epoch that was being made for it meanwhile is there to be seen.
 */
export async function markRotationWanted(tx: Transaction, grantedTo?: string): Promise<number | null> {
  const newest = await tx.poolEpoch.findFirst({ orderBy: { number: 'desc' }, select: { number: true } });
  if (!newest) return null;
  const { count } = await tx.poolEpoch.updateMany({
    where: { number: newest.number, rotationWanted: null, ...(grantedTo === undefined ? {} : { grants: { some: { workerId: grantedTo } } }) },
    data: { rotationWanted: new Date() },
  });
  return count > 0 ? newest.number : null;
}

export interface EpochRow {
  number: number;
  created: Date;
  rotationWanted: Date | null;
  /** Approved workers that have its key. */
  workers: number;
  /** Stored values that are sealed for it, of removed secrets and older versions too. */
  values: number;
}

export async function listEpochRows(): Promise<EpochRow[]> {
  const { rows } = await pool().query<EpochRow>(
    `SELECT e.number, e.created, e.rotation_wanted AS "rotationWanted",
       (SELECT count(*)::int FROM pool_grants g JOIN workers w ON w.id = g.worker_id WHERE g.pool_epoch = e.number AND w.state = 'approved') AS workers,
       (SELECT count(*)::int FROM sealed_values v WHERE v.pool_epoch = e.number) AS values
     FROM pool_epochs e ORDER BY e.number`,
  );
  return rows;
}
