import { pool, prisma, type Transaction } from '@/lib/db';
import { Prisma } from '@/lib/generated/prisma/client';

/** What calls of one provider came to since it was written last. */
export interface Tally {
  good: number;
  slow: number;
  failed: number;
  /** Of the latest failure; empty when there was none. */
  lastError: string;
  lastErrorAt: Date | undefined;
  /** Of the latest success. */
  lastGoodAt: Date | undefined;
  capabilities: Prisma.InputJsonObject | undefined;
}

/** Adds to the half hour that is now, and keeps the last error, since when it works, and what it allows. */
export async function addTally(providerId: string, tally: Tally): Promise<void> {
  await pool().query({
    name: 'add-provider-health',
    text: `WITH known AS (
             UPDATE providers SET
               last_error = CASE WHEN $5 <> '' THEN $5 ELSE last_error END,
               last_error_at = coalesce($6, last_error_at),
               last_good_at = CASE WHEN $7::timestamptz IS NULL THEN last_good_at
                 WHEN last_good_at IS NULL OR coalesce(last_error_at, '-infinity') > last_good_at OR $6::timestamptz > last_good_at THEN $7 ELSE last_good_at END,
               capabilities = coalesce($8::jsonb, capabilities)
             WHERE id = $1 RETURNING id)
           INSERT INTO provider_health (provider_id, bucket, good, slow, failed)
           SELECT id, date_bin('30 minutes', now(), '2000-01-01'), $2, $3, $4 FROM known
           ON CONFLICT (provider_id, bucket) DO UPDATE SET
             good = provider_health.good + excluded.good, slow = provider_health.slow + excluded.slow, failed = provider_health.failed + excluded.failed`,
    values: [providerId, tally.good, tally.slow, tally.failed, tally.lastError, tally.lastErrorAt ?? null, tally.lastGoodAt ?? null, tally.capabilities ? JSON.stringify(tally.capabilities) : null],
  });
}

export function listHealth(providerId: string, since: Date): Promise<{ bucket: Date; good: number; slow: number; failed: number }[]> {
  return prisma().providerHealth.findMany({ where: { providerId, bucket: { gte: since } }, select: { bucket: true, good: true, slow: true, failed: true } });
}

/** Half hours that no page shows any more. */
export async function forgetOldHealth(): Promise<void> {
  await pool().query(`DELETE FROM provider_health WHERE bucket < now() - interval '25 hours'`);
}

export async function findLastTest(providerId: string): Promise<Prisma.JsonValue> {
  return (await prisma().provider.findUnique({ where: { id: providerId }, select: { lastTest: true } }))?.lastTest ?? null;
}

export async function saveLastTest(tx: Transaction, providerId: string, result: Prisma.InputJsonObject): Promise<void> {
  await tx.provider.update({ where: { id: providerId }, data: { lastTest: result } });
}
