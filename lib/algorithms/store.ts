import { prisma, type Transaction } from '@/lib/db';
import type { Prisma } from '@/lib/generated/prisma/client';

const shown = {
  id: true, ownerId: true, name: true, nameKey: true, label: true, summary: true, tagline: true, settings: true, created: true,
  owner: { select: { name: true, nameKey: true, kind: true } },
} as const satisfies Prisma.AlgorithmSelect;

export type AlgorithmRow = Prisma.AlgorithmGetPayload<{ select: typeof shown }>;

export function findAlgorithm(id: string, tx?: Transaction): Promise<AlgorithmRow | null> {
  return (tx ?? prisma()).algorithm.findUnique({ where: { id }, select: shown });
}

/** Names are found whatever their case; they are unique whatever their case. */
export function findAlgorithmNamed(owner: string, name: string, tx?: Transaction): Promise<AlgorithmRow | null> {
  return (tx ?? prisma()).algorithm.findFirst({ where: { nameKey: name.toLowerCase(), owner: { nameKey: owner.toLowerCase() } }, select: shown });
}

export function findAccount(name: string, tx?: Transaction): Promise<{ id: string; name: string; kind: 'user' | 'organization' } | null> {
  return (tx ?? prisma()).account.findUnique({ where: { nameKey: name.toLowerCase() }, select: { id: true, name: true, kind: true } });
}

export function listAccounts(ids: string[]): Promise<{ name: string; kind: 'user' | 'organization' }[]> {
  return prisma().account.findMany({ where: { id: { in: ids } }, select: { name: true, kind: true }, orderBy: { nameKey: 'asc' } });
}

/** Up to `take` algorithms of an owner after a name, by name. */
export function listOfOwner(ownerId: string, after: string | undefined, take: number): Promise<AlgorithmRow[]> {
  return prisma().algorithm.findMany({ where: { ownerId, ...(after !== undefined && { nameKey: { gt: after } }) }, select: shown, orderBy: { nameKey: 'asc' }, take });
}

export type AlgorithmOverviewRow = AlgorithmRow & { secrets: number };

/** A page of algorithms of several owners (of all, without any), newest first, with how many secrets each has. */
export async function listOverview(ownerIds: string[] | undefined, beforeId: string | undefined, take: number): Promise<AlgorithmOverviewRow[]> {
  const rows = await prisma().algorithm.findMany({
    where: { ...(ownerIds && { ownerId: { in: ownerIds } }), ...(beforeId && { id: { lt: beforeId } }) },
    select: shown,
    orderBy: { id: 'desc' },
    take,
  });
  // Counted for the page's algorithms alone: Prisma's relation count would group the secrets of all.
  const counts = await prisma().secret.groupBy({ by: ['algorithmId'], where: { algorithmId: { in: rows.map(({ id }) => id) }, liveKey: { not: null } }, _count: { _all: true } });
  const secrets = new Map(counts.map(({ algorithmId, _count }) => [algorithmId, _count._all]));
  return rows.map((row) => ({ ...row, secrets: secrets.get(row.id) ?? 0 }));
}

export function insertAlgorithm(tx: Transaction, data: Prisma.AlgorithmUncheckedCreateInput): Promise<AlgorithmRow> {
  return tx.algorithm.create({ data, select: shown });
}

/**
 * Deletes an algorithm with its secrets, takes them off their providers' counts, and leaves intents to delete the entries
 * that plugins keep of them; answers how many secrets there were.
 */
export async function deleteAlgorithm(tx: Transaction, id: string): Promise<number> {
  // Locked first: a secret that is being stored is either counted here or fails on the missing algorithm.
  await tx.$queryRaw`SELECT id FROM algorithms WHERE id = ${id}::uuid FOR UPDATE`;
  const counts = await tx.secret.groupBy({ by: ['providerId'], where: { algorithmId: id, removed: null }, _count: { _all: true } });
  // What plugins keep of it is deleted in their backends afterwards; an entry that was there before stays there.
  await tx.$executeRaw`
    INSERT INTO secret_intents (id, kind, provider_id, algorithm_id, secret_id, provider_key, due)
    SELECT gen_random_uuid(), 'delete', s.provider_id, s.algorithm_id, s.id, v.provider_key, now()
    FROM secrets s JOIN secret_versions v ON v.id = s.current_version_id
    WHERE s.algorithm_id = ${id}::uuid AND s.live_key IS NOT NULL AND v.provider_key IS NOT NULL AND NOT s.linked`;
  for (const { providerId, _count } of counts) {
    await tx.providerUsage.upsert({
      where: { providerId_shard: { providerId, shard: 0 } },
      create: { providerId, shard: 0, secrets: -_count._all },
      update: { secrets: { decrement: _count._all } },
    });
  }
  await tx.algorithm.delete({ where: { id } });
  return counts.reduce((sum, { _count }) => sum + _count._all, 0);
}
