import type { FastifyInstance, FastifyRequest } from 'fastify';
import type pg from 'pg';
import { keyringVerifyKeys } from '@/lib/crypto/keyring';
import { isSignedBy, poolStatement } from '@/lib/crypto/statement';
import { ApiError } from '@/lib/errors';
import type { PoolEpochRecord } from '@/lib/schemas/delivery';
import { nextPoolRequest } from '@/lib/schemas/pool';
import type { z } from 'zod';
import { actorOf, callingWorker, isApprovedHere, type DeliveryContext } from './context';
import { parseBody } from './http';
import { poolRecord, signedPool, usableKey } from './routes-pool';
import { hasGrant, holdNewestPool, listApprovedHoldersBut } from './store-rotation';
import { holdApproved, inTransaction, insertGrant, insertPool, notifyWorkersChanged, recordEvent, type PoolRow, type WorkerRow } from './store-workers';

const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');

/** The maker looks again, and tries again if the next epoch is still wanted. */
const overtaken = (what: string) => new ApiError('InUse', `${what} Look again.`);

/** Exactly one epoch follows each: the newest one is held, and its number is the primary key of its successor. */
async function makeNext(context: DeliveryContext, client: pg.PoolClient, request: FastifyRequest, maker: WorkerRow, body: z.output<typeof nextPoolRequest>): Promise<PoolRow> {
  const { keyring } = context;
  const receivers = body.grants.map(({ workerId }) => workerId);
  if (new Set(receivers).size !== receivers.length || !receivers.includes(maker.id)) throw new ApiError('InputValidationError', 'grants: must name each worker once, the caller among them.');
  // Workers first, then the epoch: a revocation takes them in the same order.
  const approved = await holdApproved(client, receivers);
  if (approved.length !== receivers.length) throw overtaken('A worker among those to be granted the key is not approved any more.');
  const before = await holdNewestPool(client);
  if (!before || before.epoch !== body.after || !before.rotationWanted) throw overtaken('The pool has its next key already.');
  if (!(await hasGrant(client, before.epoch, maker.id))) throw new ApiError('NotAuthorized', 'Only a worker that has the newest key makes the next one.');
  // The recovery key goes on to the next epoch: it must be the one that this server signed, not one written to the database.
  if (!isSignedBy(poolStatement(keyring.id, before), before.signature, keyringVerifyKeys(keyring).map(({ raw }) => raw))) {
    throw new ApiError('InvalidRequest', `The pool key of epoch ${before.epoch} is not signed by this server's keyring.`);
  }
  if (!body.partial) {
    const missing = await listApprovedHoldersBut(client, before.epoch, receivers);
    // With them left out, their starts would fail for as long as nobody hands them the key.
    if (missing.some((each) => isApprovedHere(keyring, { ...each, id: each.workerId }))) throw overtaken('A worker that has the key is not among those to be granted the next one.');
  }
  const keys = { epoch: before.epoch + 1, publicKey: usableKey(body.publicKey, 'publicKey'), recoveryPublicKey: before.recoveryPublicKey, recoveryEnvelope: bytes(body.recoveryEnvelope) };
  const pool = signedPool(keyring, maker, keys, bytes(body.makerSignature));
  if (!(await insertPool(client, pool, maker.id))) throw overtaken('The pool has its next key already.');
  for (const { workerId, envelope } of body.grants) await insertGrant(client, { epoch: pool.epoch, workerId, envelope: bytes(envelope), grantedBy: maker.id });
  await recordEvent(client, {
    action: 'pool.rotate',
    actor: actorOf(request, maker),
    object: { name: `epoch ${pool.epoch}` },
    details: { epoch: pool.epoch, workers: receivers },
  });
  return pool;
}

export function rotationRoutes(app: FastifyInstance, context: DeliveryContext): void {
  const { store } = context;

  app.post('/worker/v1/pool/next', async (request): Promise<PoolEpochRecord> => {
    const body = parseBody(nextPoolRequest, request.body);
    const maker = await callingWorker(context, request, { approved: true });
    const pool = await inTransaction(store.pool, (client) => makeNext(context, client, request, maker, body));
    await notifyWorkersChanged(store.pool).catch(() => undefined);
    return poolRecord(pool, maker);
  });
}
