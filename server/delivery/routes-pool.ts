import type { FastifyInstance } from 'fastify';
import { currentSigner, type Keyring } from '@/lib/crypto/keyring';
import { KeyError, importBoxPublicKey } from '@/lib/crypto/keys';
import { signBytes, verifyBytes } from '@/lib/crypto/sign';
import { poolMadeStatement, poolStatement, type PoolKeys } from '@/lib/crypto/statement';
import { ApiError } from '@/lib/errors';
import { grantRequest, poolRequest, type ApprovedWorker, type PoolEpochRecord, type SelfAnswer } from '@/lib/schemas/delivery';
import { actorOf, callingWorker, notWelcome, type DeliveryContext } from './context';
import { parseBody } from './http';
import { hasGrant, listOtherApproved } from './store-rotation';
import { findWorker, holdApproved, holdFirstPool, inTransaction, insertGrant, insertPool, listGrants, listPendingGrants, listPools, notifyWorkersChanged, recordEvent, type ApprovedRow, type PoolRow, type WorkerRow } from './store-workers';
import { verifyKeysOf } from './verify-keys';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');

/** An epoch as workers see it; `by`: the worker that made it, if it is known still. */
export function poolRecord(pool: PoolRow, by: { boxKey: Buffer | null; signKey: Buffer | null }): PoolEpochRecord {
  const { makerSignature } = pool;
  return {
    epoch: pool.epoch,
    publicKey: text(pool.publicKey),
    recoveryPublicKey: text(pool.recoveryPublicKey),
    recoveryEnvelope: text(pool.recoveryEnvelope),
    signature: text(pool.signature),
    maker: makerSignature && by.boxKey && by.signKey ? { boxKey: text(by.boxKey), signKey: text(by.signKey), signature: text(makerSignature) } : null,
  };
}

function approvedWorker({ workerId, name, boxKey, signKey, approval }: ApprovedRow): ApprovedWorker {
  return { workerId, name, boxKey: text(boxKey), signKey: text(signKey), approval: text(approval) };
}

/** The row of a new epoch, signed by this server. Throws InputValidationError when the maker's signature does not fit. */
export function signedPool(keyring: Keyring, maker: WorkerRow, keys: PoolKeys, makerSignature: Buffer): PoolRow {
  if (!verifyBytes(maker.signKey, poolMadeStatement(keyring.id, keys), makerSignature)) throw new ApiError('InputValidationError', 'makerSignature: does not fit.');
  const [publicKey, recoveryPublicKey, recoveryEnvelope] = [keys.publicKey, keys.recoveryPublicKey, keys.recoveryEnvelope].map((each) => Buffer.from(each)) as [Buffer, Buffer, Buffer];
  return { epoch: keys.epoch, publicKey, recoveryPublicKey, recoveryEnvelope, signature: signBytes(currentSigner(keyring), poolStatement(keyring.id, keys)), makerSignature };
}

/** Raw bytes of an X25519 public key that something can be sealed to. Throws InputValidationError. */
export function usableKey(encoded: string, field: string): Buffer {
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
    const newest = pools.at(-1);
    const mayRotate = newest?.rotationWanted === true && grants.some(({ epoch }) => epoch === newest.epoch);
    return {
      workerId: worker.id,
      name: worker.name,
      state: worker.state,
      serverId: keyring.id,
      verifyKeys: verifyKeysOf(keyring),
      currentEpoch: newest?.epoch ?? null,
      pools: pools.map((pool) => poolRecord(pool, { boxKey: pool.makerBoxKey, signKey: pool.makerSignKey })),
      grants: grants.map(({ epoch, envelope }) => ({ epoch, envelope: text(envelope) })),
      pendingGrants: pending.map((each) => ({ ...approvedWorker(each), epochs: each.epochs })),
      rotation: mayRotate ? { after: newest.epoch, workers: (await listOtherApproved(store.pool, worker.id)).map(approvedWorker) } : null,
      reseal: pools.filter(({ used }) => used).map(({ epoch }) => epoch).filter((epoch) => epoch !== newest?.epoch),
    };
  });

  /** The first worker brings the pool's public key; the private half never leaves the workers. */
  app.post('/worker/v1/pool', async (request): Promise<PoolEpochRecord> => {
    const body = parseBody(poolRequest, request.body);
    const worker = await callingWorker(context, request, { approved: true });
    const { epoch } = body;
    const keys = {
      epoch,
      publicKey: usableKey(body.publicKey, 'publicKey'),
      recoveryPublicKey: usableKey(body.recoveryPublicKey, 'recoveryPublicKey'),
      recoveryEnvelope: bytes(body.recoveryEnvelope),
    };
    const pool = signedPool(keyring, worker, keys, bytes(body.makerSignature));
    await inTransaction(store.pool, async (client) => {
      const isFirst = await holdFirstPool(client);
      if (!isFirst || !(await insertPool(client, pool, worker.id))) throw new ApiError('InUse', 'The worker pool has a key already; another worker hands it on.');
      await insertGrant(client, { epoch, workerId: worker.id, envelope: bytes(body.selfEnvelope), grantedBy: worker.id });
      await recordEvent(client, { action: 'pool.create', actor: actorOf(request, worker), object: { name: `epoch ${epoch}` }, details: { epoch } });
    });
    await notifyWorkersChanged(store.pool).catch(() => undefined);
    return poolRecord(pool, worker);
  });

  app.post('/worker/v1/grants', async (request) => {
    const body = parseBody(grantRequest, request.body);
    const worker = await callingWorker(context, request, { approved: true });
    const receiver = await findWorker(store.pool, body.workerId);
    const notApproved = new ApiError('InvalidRequest', 'The worker to be granted the key is not approved.');
    if (receiver?.state !== 'approved') throw notApproved;
    if (receiver.id !== worker.id && !(await hasGrant(store.pool, body.epoch, worker.id))) throw notWelcome('pending');
    await inTransaction(store.pool, async (client) => {
      if ((await holdApproved(client, [receiver.id])).length === 0) throw notApproved;
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
