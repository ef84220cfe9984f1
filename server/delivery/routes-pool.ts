import type { FastifyInstance } from 'fastify';
import { currentSigner } from '@/lib/crypto/keyring';
import { KeyError, importBoxPublicKey } from '@/lib/crypto/keys';
import { signBytes } from '@/lib/crypto/sign';
import { poolStatement } from '@/lib/crypto/statement';
import { ApiError } from '@/lib/errors';
import { grantRequest, poolRequest, type PoolEpochRecord, type SelfAnswer } from '@/lib/schemas/delivery';
import { actorOf, callingWorker, notWelcome, type DeliveryContext } from './context';
import { parseBody } from './http';
import { findWorker, inTransaction, insertGrant, insertPool, listGrants, listPendingGrants, listPools, notifyWorkersChanged, recordEvent, type PoolRow } from './store-workers';
import { verifyKeysOf } from './verify-keys';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');

function poolRecord(pool: PoolRow): PoolEpochRecord {
  return {
    epoch: pool.epoch,
    publicKey: text(pool.publicKey),
    recoveryPublicKey: text(pool.recoveryPublicKey),
    recoveryEnvelope: text(pool.recoveryEnvelope),
    signature: text(pool.signature),
  };
}

function usableKey(encoded: string, field: string): Buffer {
  try {
    return Buffer.from(importBoxPublicKey(bytes(encoded)).raw);
  } catch (error) {
    if (error instanceof KeyError) throw new ApiError('InputValidationError', `${field}: ${error.message}.`);
    throw error;
  }
}

export function poolRoutes(app: FastifyInstance, context: DeliveryContext): void {
  const { keyring, store } = context;

  app.get('/worker/v1/self', async (request): Promise<SelfAnswer> => {
    const worker = await callingWorker(context, request, { approved: false });
    const approved = worker.state === 'approved';
    const pools = approved ? await listPools(store.pool) : [];
    const grants = approved ? await listGrants(store.pool, worker.id) : [];
    const pending = approved ? await listPendingGrants(store.pool, worker.id) : [];
    return {
      workerId: worker.id,
      name: worker.name,
      state: worker.state,
      serverId: keyring.id,
      verifyKeys: verifyKeysOf(keyring),
      currentEpoch: pools.at(-1)?.epoch ?? null,
      pools: pools.map(poolRecord),
      grants: grants.map(({ epoch, envelope }) => ({ epoch, envelope: text(envelope) })),
      pendingGrants: pending.map((each) => ({ ...each, boxKey: text(each.boxKey), signKey: text(each.signKey), approval: text(each.approval) })),
    };
  });

  /** The first worker brings the pool's public key; the private half never leaves the workers. */
  app.post('/worker/v1/pool', async (request): Promise<PoolEpochRecord> => {
    const body = parseBody(poolRequest, request.body);
    const worker = await callingWorker(context, request, { approved: true });
    const keys = {
      epoch: 1,
      publicKey: usableKey(body.publicKey, 'publicKey'),
      recoveryPublicKey: usableKey(body.recoveryPublicKey, 'recoveryPublicKey'),
      recoveryEnvelope: bytes(body.recoveryEnvelope),
    };
    const pool: PoolRow = { ...keys, signature: signBytes(currentSigner(keyring), poolStatement(keyring.id, keys)) };
    await inTransaction(store.pool, async (client) => {
      if (!(await insertPool(client, pool, worker.id))) throw new ApiError('InUse', 'The worker pool has a key already; another worker hands it on.');
      await insertGrant(client, { epoch: 1, workerId: worker.id, envelope: bytes(body.selfEnvelope), grantedBy: worker.id });
      await recordEvent(client, { action: 'pool.create', actor: actorOf(request, worker), object: { name: 'epoch 1' }, details: { epoch: 1 } });
    });
    await notifyWorkersChanged(store.pool).catch(() => undefined);
    return poolRecord(pool);
  });

  app.post('/worker/v1/grants', async (request) => {
    const body = parseBody(grantRequest, request.body);
    const worker = await callingWorker(context, request, { approved: true });
    const receiver = await findWorker(store.pool, body.workerId);
    if (receiver?.state !== 'approved') throw new ApiError('InvalidRequest', 'The worker to be granted the key is not approved.');
    if (receiver.id !== worker.id) {
      const own = await listGrants(store.pool, worker.id);
      if (!own.some(({ epoch }) => epoch === body.epoch)) throw notWelcome('pending');
    }
    await inTransaction(store.pool, async (client) => {
      const grant = { epoch: body.epoch, workerId: receiver.id, envelope: bytes(body.envelope), grantedBy: worker.id };
      if (!(await insertGrant(client, grant))) return;
      await recordEvent(client, {
        action: 'pool.grant',
        actor: actorOf(request, worker),
        object: { name: `epoch ${body.epoch}` },
        details: { epoch: body.epoch, worker: receiver.id, workerName: receiver.name },
      });
    });
    await notifyWorkersChanged(store.pool).catch(() => undefined);
    return {};
  });
}
