import type { AuditActor } from '@/lib/audit/events';
import { recordEvent } from '@/lib/audit/store';
import { fingerprint } from '@/lib/crypto/keys';
import { currentSigner } from '@/lib/crypto/keyring';
import { signBytes } from '@/lib/crypto/sign';
import { approvalStatement } from '@/lib/crypto/statement';
import { inTransaction, type Transaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { isId, newId } from '@/lib/ids';
import { approveWorker as approveWorkerSchema } from '@/lib/schemas/workers';
import { serverKeyring } from '@/lib/server-keyring';
import { timestamp } from '@/lib/time';
import { issueJoinToken } from '@/lib/workers/join-token';
import { wantRotationAfter } from '@/lib/workers/rotation';
import * as store from '@/lib/workers/store';

/** What an administrator may see of a worker. */
export interface WorkerView {
  id: string;
  name: string;
  state: 'pending' | 'approved' | 'revoked';
  fingerprint: string;
  address: string;
  software: string;
  joined: string;
  lastSeen: string | null;
}

export async function listWorkers(): Promise<WorkerView[]> {
  const rows = await store.listWorkerRows();
  return rows.map(({ id, name, state, fingerprint: print, address, software, joined, lastSeen }) => ({
    id, name, state, fingerprint: print, address, software, joined: timestamp(joined), lastSeen: lastSeen && timestamp(lastSeen),
  }));
}

/** A token with which one new worker may ask to join, once; the answer is the only one that has it. */
export async function createJoinToken(actor: AuditActor, minutes: number): Promise<{ token: string; expires: string }> {
  const { token, hash } = issueJoinToken(serverKeyring(), { autoApprove: false });
  const expires = new Date(Date.now() + minutes * 60_000);
  const id = newId();
  await inTransaction(async (tx) => {
    await store.insertToken(tx, { id, tokenHash: Uint8Array.from(hash), expires, createdBy: actor.id });
    await recordEvent(tx, { action: 'worker.token', actor, object: { id }, details: { minutes } });
  });
  return { token, expires: timestamp(expires) };
}

async function demandWorker(tx: Transaction, id: string): Promise<store.WorkerRow> {
  const row = isId(id) ? await store.findWorker(tx, id) : null;
  if (!row) throw new ApiError('InvalidRequest', 'There is no worker with this id. List the workers to see their ids.');
  return row;
}

/**
 * Lets a worker that asked to join into the pool. The fingerprint has to be the one that the worker's own machine shows,
 * and is computed from its keys here: what the database says it is counts for nothing.
 */
export async function approveWorker(actor: AuditActor, id: string, typed: string): Promise<WorkerView['name']> {
  const parsed = approveWorkerSchema.safeParse({ fingerprint: typed });
  if (!parsed.success) throw new ApiError('InputValidationError', 'A fingerprint has eight groups of four characters, as "secret-store agent fingerprint" prints it on the worker’s machine.');
  const keyring = serverKeyring();
  const name = await inTransaction(async (tx) => {
    const row = await demandWorker(tx, id);
    if (fingerprint(row.boxKey, row.signKey).replaceAll(/[^0-9a-f]/g, '') !== parsed.data.fingerprint) {
      throw new ApiError('InvalidRequest', `This is not the fingerprint of the worker ${row.name}. Compare it with what its own machine shows; do not approve a worker whose fingerprint differs.`);
    }
    const signature = signBytes(currentSigner(keyring), approvalStatement(keyring.id, row.id, row));
    if (!(await store.markApproved(tx, row.id, Uint8Array.from(signature), actor.id))) {
      throw new ApiError('InvalidRequest', `The worker ${row.name} does not wait for an approval: it is ${row.state}.`);
    }
    await recordEvent(tx, { action: 'worker.approve', actor, object: { id: row.id, name: row.name } });
    return row.name;
  });
  await store.announceWorkers();
  return name;
}

/**
 * Ends a worker's access within a second. What it has opened or kept already is no longer under our control; if it had the
 * pool's newest key, the pool gets another one, which what is stored is then sealed to.
 */
export async function revokeWorker(actor: AuditActor, id: string): Promise<WorkerView['name']> {
  const name = await inTransaction(async (tx) => {
    const row = await demandWorker(tx, id);
    if (!(await store.markRevoked(tx, row.id))) throw new ApiError('InvalidRequest', `The worker ${row.name} is revoked already.`);
    await recordEvent(tx, { action: 'worker.revoke', actor, object: { id: row.id, name: row.name } });
    await wantRotationAfter(tx, actor, row);
    return row.name;
  });
  await store.announceWorkers();
  return name;
}
