import { pool, prisma, type Transaction } from '@/lib/db';
import { Prisma } from '@/lib/generated/prisma/client';

const shown = {
  id: true, kind: true, name: true, nameKey: true, description: true, moduleName: true, factoryClassName: true, interfaceVersion: true,
  isEnabled: true, defaultSlot: true, configurationKeys: true, moduleSha256: true, settings: true, created: true, modified: true,
  capabilities: true, lastError: true, lastErrorAt: true, lastGoodAt: true, failingSince: true,
  usage: { select: { secrets: true } },
} as const satisfies Prisma.ProviderSelect;

/** What may be shown of a provider: never its configuration. */
export type ProviderRow = Prisma.ProviderGetPayload<{ select: typeof shown }>;

/** All providers, the default first, then by name. There are few: they are made by admins one by one. */
export function listProviderRows(): Promise<ProviderRow[]> {
  return prisma().provider.findMany({ select: shown, orderBy: [{ defaultSlot: { sort: 'asc', nulls: 'last' } }, { nameKey: 'asc' }] });
}

export function findProviderRow(id: string, tx?: Transaction): Promise<ProviderRow | null> {
  return (tx ?? prisma()).provider.findUnique({ where: { id }, select: shown });
}

export function findProviderNamed(nameKey: string, tx?: Transaction): Promise<ProviderRow | null> {
  return (tx ?? prisma()).provider.findUnique({ where: { nameKey }, select: shown });
}

/** The sealed configuration of a provider, for whoever holds the keyring. */
export async function findConfiguration(tx: Transaction, id: string): Promise<Uint8Array | null> {
  return (await tx.provider.findUnique({ where: { id }, select: { configuration: true } }))?.configuration ?? null;
}

export function insertProvider(tx: Transaction, data: Prisma.ProviderUncheckedCreateInput): Promise<ProviderRow> {
  return tx.provider.create({ data, select: shown });
}

export function updateProvider(tx: Transaction, id: string, data: Prisma.ProviderUncheckedUpdateInput): Promise<ProviderRow> {
  return tx.provider.update({ where: { id }, data: { ...data, modified: new Date() }, select: shown });
}

export async function deleteProvider(tx: Transaction, id: string): Promise<void> {
  // Removed secrets that could still be taken back would hold the provider; their undo ends with it.
  await tx.secret.deleteMany({ where: { providerId: id, removed: { not: null } } });
  await tx.secretIntent.deleteMany({ where: { providerId: id } });
  await tx.provider.delete({ where: { id } });
}

/** What is still to be done in a provider's backend. */
export function countIntents(tx: Transaction, id: string): Promise<number> {
  return tx.secretIntent.count({ where: { providerId: id } });
}

/**
 * Makes changes of providers wait for one another, by the row that is always there: which one is the default is a fact
 * about all of them, and a statement sees what was committed before it began.
 */
export async function lockProviders(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT id FROM providers WHERE kind = 'internal' FOR UPDATE`;
}

/** Takes the default from whoever has it. */
export async function clearDefault(tx: Transaction): Promise<void> {
  await tx.provider.updateMany({ where: { defaultSlot: true }, data: { defaultSlot: null } });
}

export async function setDefault(tx: Transaction, id: string): Promise<void> {
  await clearDefault(tx);
  await tx.provider.update({ where: { id }, data: { defaultSlot: true } });
}

export async function giveDefaultToInternal(tx: Transaction): Promise<void> {
  await tx.provider.updateMany({ where: { kind: 'internal' }, data: { defaultSlot: true } });
}

/** The first `limit` live secrets on a provider, as owner/algorithm and variable, and how many there are at all. */
export async function usersOfProvider(tx: Transaction, id: string, limit: number): Promise<{ shown: { owner: string; algorithm: string; secretKey: string }[]; total: number }> {
  const rows = await tx.secret.findMany({
    where: { providerId: id, removed: null },
    select: { secretKey: true, algorithm: { select: { name: true, owner: { select: { name: true } } } } },
    orderBy: { id: 'asc' },
    take: limit,
  });
  const total = rows.length < limit ? rows.length : await tx.secret.count({ where: { providerId: id, removed: null } });
  return { shown: rows.map((row) => ({ owner: row.algorithm.owner.name, algorithm: row.algorithm.name, secretKey: row.secretKey })), total };
}

/** The algorithms that have live secrets on a provider. */
export async function algorithmsOn(id: string): Promise<string[]> {
  const { rows } = await pool().query<{ algorithm_id: string }>({
    name: 'algorithms-on-provider',
    text: 'SELECT DISTINCT algorithm_id FROM secrets WHERE provider_id = $1 AND live_key IS NOT NULL',
    values: [id],
  });
  return rows.map(({ algorithm_id: algorithmId }) => algorithmId);
}

export interface UsableProvider {
  id: string;
  kind: 'internal' | 'plugin';
  name: string;
  isEnabled: boolean;
  hasModule: boolean;
}

/** What storing a secret has to know of its provider, the default one without an id. On the hot path: one prepared statement. */
export async function findUsable(id: string | undefined): Promise<UsableProvider | undefined> {
  const { rows } = await pool().query<UsableProvider>({
    name: id === undefined ? 'usable-default-provider' : 'usable-provider',
    text: `SELECT id, kind, name, is_enabled AS "isEnabled", (kind = 'internal' OR module_sha256 IS NOT NULL) AS "hasModule"
           FROM providers WHERE ${id === undefined ? 'default_slot' : 'id = $1'}`,
    values: id === undefined ? [] : [id],
  });
  return rows[0];
}

/** What runs a plugin, its sealed configuration with it: for whoever starts it. */
export interface RunnableRow {
  id: string;
  kind: 'internal' | 'plugin';
  name: string;
  isEnabled: boolean;
  moduleSha256: string | null;
  factoryClassName: string;
  settings: Prisma.JsonValue;
  signature: Uint8Array | null;
  configuration: Uint8Array | null;
}

export function findRunnable(id: string, tx?: Transaction): Promise<RunnableRow | null> {
  const select = { id: true, kind: true, name: true, isEnabled: true, moduleSha256: true, factoryClassName: true, settings: true, signature: true, configuration: true } as const;
  return (tx ?? prisma()).provider.findUnique({ where: { id }, select });
}

/** The signature over what runs now. What was known of how it works goes with what ran before. */
export async function saveSignature(tx: Transaction, id: string, signature: Uint8Array | null, isOther: boolean): Promise<void> {
  const known = isOther ? { lastError: '', lastErrorAt: null, lastGoodAt: null, failingSince: null, capabilities: Prisma.DbNull, lastTest: Prisma.DbNull } : {};
  await tx.provider.update({ where: { id }, data: { signature: signature && Uint8Array.from(signature), ...known } });
}
