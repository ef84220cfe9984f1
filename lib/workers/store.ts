import { pool, prisma, type Transaction } from '@/lib/db';
import type { Prisma } from '@/lib/generated/prisma/client';
import { log } from '@/lib/log';

const shown = {
  id: true, name: true, state: true, fingerprint: true, boxKey: true, signKey: true, address: true, software: true, joined: true, lastSeen: true,
} as const satisfies Prisma.WorkerSelect;

export type WorkerRow = Prisma.WorkerGetPayload<{ select: typeof shown }>;

export function listWorkerRows(): Promise<WorkerRow[]> {
  return prisma().worker.findMany({ select: shown, orderBy: [{ joined: 'asc' }, { id: 'asc' }] });
}

export function findWorker(tx: Transaction, id: string): Promise<WorkerRow | null> {
  return tx.worker.findUnique({ where: { id }, select: shown });
}

export async function insertToken(tx: Transaction, token: { id: string; tokenHash: Uint8Array<ArrayBuffer>; expires: Date; createdBy: string | undefined }): Promise<void> {
  await tx.workerToken.create({ data: token });
}

/** False when the worker was not waiting for it any more. */
export async function markApproved(tx: Transaction, id: string, approval: Uint8Array<ArrayBuffer>, approvedBy: string | undefined): Promise<boolean> {
  const { count } = await tx.worker.updateMany({ where: { id, state: 'pending' }, data: { state: 'approved', approval, approved: new Date(), approvedBy } });
  return count > 0;
}

/** False when it was revoked already. */
export async function markRevoked(tx: Transaction, id: string): Promise<boolean> {
  const { count } = await tx.worker.updateMany({ where: { id, state: { not: 'revoked' } }, data: { state: 'revoked', revoked: new Date() } });
  return count > 0;
}

/** Tells the delivery listeners, after the commit, so that workers hand keys on at once; otherwise they find out within half a minute. */
export async function announceWorkers(): Promise<void> {
  await pool()
    .query(`SELECT pg_notify('secret_store_changes', '{"workers":true}')`)
    .catch(() => log.warn('a change of the workers could not be announced; workers find out by themselves'));
}
