import { pool, prisma, type Transaction } from '@/lib/db';
import { Prisma } from '@/lib/generated/prisma/client';

/** What calls of one provider came to since it was written last. */
export interface Tally {
  good: number;
  slow: number;
  failed: number;
  /** How long those that succeeded took (`durations.ts`). */
  durations: number[];
  /** Of the latest failure; empty when there was none. */
  lastError: string;
  lastErrorAt: Date | undefined;
  /** The first failure after the latest success; undefined after a success. */
  failingSince: Date | undefined;
  /** Of the latest success. */
  lastGoodAt: Date | undefined;
  capabilities: Prisma.InputJsonObject | undefined;
}

/** Adds to the half hour that is now, and keeps the last error, since when it works or fails, and what it allows. */
export async function addTally(providerId: string, tally: Tally): Promise<void> {
  await pool().query({
    name: 'add-provider-health',
    text: `WITH known AS (
             UPDATE providers SET
               last_error = CASE WHEN $5 <> '' THEN $5 ELSE last_error END,
               last_error_at = coalesce($6, last_error_at),
               last_good_at = CASE WHEN $7::timestamptz IS NULL THEN last_good_at
                 WHEN last_good_at IS NULL OR coalesce(last_error_at, '-infinity') > last_good_at OR $6::timestamptz > last_good_at THEN $7 ELSE last_good_at END,
               failing_since = CASE WHEN $7::timestamptz IS NULL THEN coalesce(failing_since, $9::timestamptz) ELSE $9 END,
               capabilities = coalesce($8::jsonb, capabilities)
             WHERE id = $1 RETURNING id)
           INSERT INTO provider_health (provider_id, bucket, good, slow, failed, durations)
           SELECT id, date_bin('30 minutes', now(), '2000-01-01'), $2, $3, $4, $10::int[] FROM known
           ON CONFLICT (provider_id, bucket) DO UPDATE SET
             good = provider_health.good + excluded.good, slow = provider_health.slow + excluded.slow, failed = provider_health.failed + excluded.failed,
             durations = ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest(provider_health.durations, excluded.durations) WITH ORDINALITY AS both_(a, b, n) ORDER BY n)`,
    values: [
      providerId, tally.good, tally.slow, tally.failed, tally.lastError, tally.lastErrorAt ?? null, tally.lastGoodAt ?? null,
      tally.capabilities ? JSON.stringify(tally.capabilities) : null, tally.failingSince ?? null, tally.durations,
    ],
  });
}

export interface HalfHour {
  providerId: string;
  /** Its beginning. */
  bucket: Date;
  good: number;
  slow: number;
  failed: number;
  durations: number[];
}

/** The half hours of one provider, or of all. */
export function listHealth(providerId: string | undefined, since: Date): Promise<HalfHour[]> {
  return prisma().providerHealth.findMany({
    where: { ...(providerId !== undefined && { providerId }), bucket: { gte: since } },
    select: { providerId: true, bucket: true, good: true, slow: true, failed: true, durations: true },
  });
}

/** Half hours that no page shows any more. */
export async function forgetOldHealth(): Promise<void> {
  await pool().query(`DELETE FROM provider_health WHERE bucket < now() - interval '25 hours'`);
}

/** What is known of a provider besides its counts: the last test, and what its plugin said of itself. */
export async function findKnown(providerId: string): Promise<{ lastTest: Prisma.JsonValue; capabilities: Prisma.JsonValue; settings: Prisma.JsonValue } | null> {
  return prisma().provider.findUnique({ where: { id: providerId }, select: { lastTest: true, capabilities: true, settings: true } });
}

/** When each provider was tested last, as it was written down. */
export async function listTestTimes(): Promise<Map<string, Prisma.JsonValue>> {
  const rows = await prisma().provider.findMany({ select: { id: true, lastTest: true } });
  return new Map(rows.map(({ id, lastTest }) => [id, lastTest]));
}

export async function saveLastTest(tx: Transaction, providerId: string, result: Prisma.InputJsonObject): Promise<void> {
  await tx.provider.update({ where: { id: providerId }, data: { lastTest: result } });
}
