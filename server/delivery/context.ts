import type { FastifyRequest } from 'fastify';
import type { AuditActor } from '@/lib/audit/events';
import { keyringVerifyKeys, type Keyring } from '@/lib/crypto/keyring';
import { approvalStatement, isSignedBy } from '@/lib/crypto/statement';
import { ApiError } from '@/lib/errors';
import type { ChangeFeed } from './change-feed';
import type { Sessions } from './session';
import type { Starts } from './starts';
import type { DeliveryStore } from './store';
import { findWorker, type WorkerRow } from './store-workers';

/** What the routes share. */
export interface DeliveryContext {
  keyring: Keyring;
  store: DeliveryStore;
  sessions: Sessions;
  starts: Starts;
  feed: ChangeFeed;
}

/** The worker whose session this is; whether it is still welcome is the database's to say. Throws NotAuthenticated. */
export function workerIdOf(context: DeliveryContext, request: FastifyRequest): string {
  const header = request.headers.authorization ?? '';
  const workerId = header.startsWith('Bearer ') ? context.sessions.workerOf(header.slice(7)) : null;
  if (!workerId) throw new ApiError('NotAuthenticated', 'This needs a session of a worker: POST /worker/v1/session begins one.');
  return workerId;
}

export function notWelcome(state: string | null): ApiError {
  if (state === 'pending') return new ApiError('NotAuthorized', 'This worker waits for an administrator to approve it.');
  const message = state === 'revoked' ? 'This worker was revoked.' : 'This worker is not known here; it has to join again.';
  return new ApiError('NotAuthenticated', message);
}

/** Whether this keyring has signed that the worker with these keys is approved; that its row says so is not enough. */
export function isApprovedHere(keyring: Keyring, worker: { id: string; boxKey: Uint8Array; signKey: Uint8Array; approval: Uint8Array | null }): boolean {
  if (!worker.approval) return false;
  return isSignedBy(approvalStatement(keyring.id, worker.id, worker), worker.approval, keyringVerifyKeys(keyring).map(({ raw }) => raw));
}

/** The calling worker, fresh from the database. Throws when it is none, or revoked, or (if asked) not approved yet. */
export async function callingWorker(context: DeliveryContext, request: FastifyRequest, { approved }: { approved: boolean }): Promise<WorkerRow> {
  const worker = await findWorker(context.store.pool, workerIdOf(context, request));
  if (!worker || worker.state === 'revoked') throw notWelcome(worker?.state ?? null);
  if (!approved) return worker;
  if (worker.state !== 'approved') throw notWelcome(worker.state);
  // The pool's public key and the values that this server signs come from workers: a planted row must not be one.
  if (!isApprovedHere(context.keyring, worker)) throw new ApiError('NotAuthorized', 'This worker was not approved with the keyring of this server. An administrator has to let it join anew.');
  return worker;
}

/** '' for a client that is gone already: its request still takes part in a batch with others. */
export function addressOf(request: FastifyRequest): string {
  const address: string | undefined = request.ip;
  return address ?? '';
}

export function actorOf(request: FastifyRequest, worker: { id: string; name: string } | undefined): AuditActor {
  const who = worker ? ({ kind: 'worker', id: worker.id, name: worker.name } as const) : ({ kind: 'anonymous' } as const);
  return { ...who, requestId: request.id, address: addressOf(request) };
}
