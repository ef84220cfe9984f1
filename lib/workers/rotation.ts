import type { AuditActor } from '@/lib/audit/events';
import { recordEvent } from '@/lib/audit/store';
import { inTransaction, type Transaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { timestamp } from '@/lib/time';
import { listEpochRows, markRotationWanted, newestPoolEpoch } from '@/lib/workers/pool-store';
import { announceWorkers } from '@/lib/workers/store';

/** How the pool's keys stand. */
export interface PoolView {
  epochs: { epoch: number; created: string; workers: number; values: number }[];
  /** Since when the newest epoch waits for the next one, which a worker makes; null when it does not. */
  rotationWanted: string | null;
  /** Values that are sealed for an older epoch than the newest. */
  left: number;
}

export async function poolView(): Promise<PoolView> {
  const rows = await listEpochRows();
  const newest = rows.at(-1);
  return {
    epochs: rows.map(({ number, created, workers, values }) => ({ epoch: number, created: timestamp(created), workers, values })),
    rotationWanted: newest?.rotationWanted ? timestamp(newest.rotationWanted) : null,
    left: rows.slice(0, -1).reduce((sum, { values }) => sum + values, 0),
  };
}

async function want(tx: Transaction, actor: AuditActor, cause: string, grantedTo?: string): Promise<void> {
  const epoch = await markRotationWanted(tx, grantedTo);
  if (epoch === null) return;
  await recordEvent(tx, { action: 'pool.want-rotation', actor, object: { name: `epoch ${epoch}` }, details: { epoch, cause } });
}

/** In the transaction that revoked a worker: the pool gets a new key, if the worker had the newest one. */
export function wantRotationAfter(tx: Transaction, actor: AuditActor, worker: { id: string; name: string }): Promise<void> {
  return want(tx, actor, `revoked ${worker.name}`, worker.id);
}

/** An operator wants a new key. A worker that has the newest one makes it, at once when one is connected. */
export async function wantRotation(actor: AuditActor): Promise<void> {
  if (!(await newestPoolEpoch())) throw new ApiError('InvalidRequest', 'The pool has no key yet: the first worker makes it.');
  await inTransaction((tx) => want(tx, actor, 'asked'));
  await announceWorkers();
}
