import { prisma, type Transaction } from '@/lib/db';
import type { Inspection } from '@/lib/plugins/inspect/inspect';
import type { Prisma } from '@/lib/generated/prisma/client';

/** What is kept of an inspection: what can be shown without the file. */
export type KeptInspection = Pick<Inspection, 'title' | 'version' | 'multiRelease' | 'notes' | 'candidates'> &
  // Not known of what was kept before they were.
  Partial<Pick<Inspection, 'classes' | 'javaVersion' | 'sdkBundled'>>;

export function kept({ title, version, multiRelease, notes, candidates, classes, javaVersion, sdkBundled }: Inspection): KeptInspection {
  return { title, version, multiRelease, notes, candidates, classes, javaVersion, sdkBundled };
}

export interface HistoryRow {
  sha256: string;
  fileName: string;
  size: number;
  inspection: KeptInspection;
  uploaded: Date;
  uploadedBy: string;
}

const shown = { sha256: true, fileName: true, inspection: true, uploaded: true, uploadedBy: true, module: { select: { size: true } } } as const satisfies Prisma.ProviderModuleSelect;

function rowOf({ module, inspection, ...row }: Prisma.ProviderModuleGetPayload<{ select: typeof shown }>): HistoryRow {
  // Written by `keepModule` alone.
  return { ...row, size: module.size, inspection: inspection as unknown as KeptInspection };
}

/** The modules that a provider has or had, the one uploaded last first. */
export async function listHistory(providerId: string): Promise<HistoryRow[]> {
  return (await prisma().providerModule.findMany({ where: { providerId }, select: shown, orderBy: [{ uploaded: 'desc' }, { sha256: 'asc' }] })).map(rowOf);
}

export async function findInHistory(tx: Transaction, providerId: string, sha256: string): Promise<HistoryRow | undefined> {
  const row = await tx.providerModule.findUnique({ where: { providerId_sha256: { providerId, sha256 } }, select: shown });
  return row ? rowOf(row) : undefined;
}

export async function keepModule(tx: Transaction, providerId: string, row: Omit<HistoryRow, 'size' | 'uploaded'>): Promise<void> {
  const { sha256, fileName, uploadedBy } = row;
  const inspection = JSON.parse(JSON.stringify(row.inspection)) as Prisma.InputJsonValue;
  await tx.providerModule.upsert({
    where: { providerId_sha256: { providerId, sha256 } },
    create: { providerId, sha256, fileName, inspection, uploadedBy },
    update: { fileName, inspection, uploadedBy, uploaded: new Date() },
  });
}

/** Makes a stored module the provider's. */
export async function setModule(tx: Transaction, providerId: string, { sha256, fileName }: { sha256: string; fileName: string }): Promise<void> {
  await tx.provider.update({ where: { id: providerId }, data: { moduleSha256: sha256, moduleName: fileName, modified: new Date() } });
}
