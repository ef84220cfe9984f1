import { prisma, type Transaction } from '@/lib/db';
import type { Prisma } from '@/lib/generated/prisma/client';

const shown = { id: true, kind: true, label: true, mask: true, permissions: true, created: true, lastUsed: true } as const satisfies Prisma.ApiKeySelect;

/** What may be shown of a key: its mask, never what it is found by. */
export type ApiKeyRow = Prisma.ApiKeyGetPayload<{ select: typeof shown }>;

export function listApiKeyRows(userId: string): Promise<ApiKeyRow[]> {
  return prisma().apiKey.findMany({ where: { userId, revoked: null }, select: shown, orderBy: { created: 'desc' }, take: 1_000 });
}

export function insertApiKey(tx: Transaction, data: Prisma.ApiKeyUncheckedCreateInput): Promise<ApiKeyRow> {
  return tx.apiKey.create({ data, select: shown });
}

/** Revokes a key of a user; undefined when they have no such key that is still good. */
export async function revokeApiKey(tx: Transaction, userId: string, id: string): Promise<ApiKeyRow | undefined> {
  const { count } = await tx.apiKey.updateMany({ where: { id, userId, revoked: null }, data: { revoked: new Date() } });
  return count === 1 ? ((await tx.apiKey.findUnique({ where: { id }, select: shown })) ?? undefined) : undefined;
}
