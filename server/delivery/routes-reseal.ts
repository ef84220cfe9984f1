import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { signSealed, verifyEnvelope } from '@/lib/crypto/envelope';
import { EnvelopeError } from '@/lib/crypto/errors';
import { currentSigner, keyringVerifyKeys } from '@/lib/crypto/keyring';
import { ApiError } from '@/lib/errors';
import { resealLimits, resealQuery, resealRequest, type ResealAnswer, type ResealRequest } from '@/lib/schemas/pool';
import { actorOf, callingWorker, type DeliveryContext } from './context';
import { parseBody } from './http';
import { findStored, listStored, newestEpoch, replaceStored, type Replacement, type StoredRow } from './store-reseal';
import { hasGrant } from './store-rotation';
import { recordEvent, type WorkerRow } from './store-workers';

const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');

/** One worker at a time saves the others' work; it protects nothing, and another listener knows nothing of it. */
const heldMs = 4_000;
/** Values between which other requests get their turn. */
const atOnce = 8;

/** As many as one answer holds; the first one however long it is. */
function fitting(rows: StoredRow[]): StoredRow[] {
  let total = 0;
  return rows.filter(({ envelope }, index) => (total += envelope.length) <= resealLimits.bytes || index === 0);
}

/** Signs what a worker sealed, for records that are still what this server signed before: another record's value is signed for none. */
async function signAll(context: DeliveryContext, body: ResealRequest, rows: StoredRow[]): Promise<Replacement[]> {
  const signer = currentSigner(context.keyring);
  const verifyKeys = keyringVerifyKeys(context.keyring);
  const sealed = new Map(body.values.map((value) => [value.versionId, value]));
  const signed: Replacement[] = [];
  for (const [index, { envelope, ...record }] of rows.entries()) {
    if (index % atOnce === 0) await turn();
    const value = sealed.get(record.versionId);
    const was = createHash('sha256').update(envelope).digest();
    if (!value || !was.equals(bytes(value.was)) || record.poolEpoch >= body.epoch) continue;
    try {
      const before = verifyEnvelope({ verifyKeys, context: record, envelope });
      const ciphertext = bytes(value.ciphertext);
      // Padded alike, the same value has the same length.
      if (ciphertext.length !== before.ciphertext.byteLength) continue;
      signed.push({ versionId: record.versionId, was, envelope: signSealed(signer, { ...record, poolEpoch: body.epoch }, { enc: bytes(value.enc), ciphertext }) });
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
    }
  }
  return signed;
}

async function recordLeft(context: DeliveryContext, request: FastifyRequest, worker: WorkerRow, body: ResealRequest): Promise<void> {
  const causes = new Map(body.left.map(({ versionId, cause }) => [versionId, cause]));
  for (const { versionId, secretId, secretKey, version, poolEpoch } of await findStored(context.store.pool, [...causes.keys()])) {
    await recordEvent(context.store.pool, {
      action: 'pool.reseal',
      outcome: 'refused',
      actor: actorOf(request, worker),
      object: { name: `epoch ${body.epoch}` },
      details: { secret: secretId, key: secretKey, version, epoch: poolEpoch, cause: causes.get(versionId) ?? '' },
    });
  }
}

export function resealRoutes(app: FastifyInstance, context: DeliveryContext): void {
  const { keyring, store } = context;
  let held: { workerId: string; until: number } | undefined;

  app.get('/worker/v1/reseal', async (request): Promise<ResealAnswer> => {
    const { epoch, after } = parseBody(resealQuery, request.query);
    const worker = await callingWorker(context, request, { approved: true });
    const newest = await newestEpoch(store.pool);
    if (newest === null || epoch >= newest) throw new ApiError('InvalidRequest', 'There is no newer pool epoch to seal these values to.');
    const answer = { epoch: newest, signer: currentSigner(keyring).verifyKey.id };
    // Who cannot seal to it must not keep those waiting who can.
    if (!(await hasGrant(store.pool, newest, worker.id))) throw new ApiError('NotAuthorized', 'Only a worker that has the newest key seals values to it.');
    const now = performance.now();
    if (held && held.workerId !== worker.id && held.until > now) return { ...answer, busy: true, values: [] };
    held = { workerId: worker.id, until: now + heldMs };
    const rows = fitting(await listStored(store.pool, epoch, after, resealLimits.values));
    if (rows.length === 0) held = undefined;
    return { ...answer, busy: false, values: rows.map(({ envelope, ...record }) => ({ ...record, envelope: envelope.toString('base64url') })) };
  });

  /** The server cannot open what it puts in place; it makes sure of everything else. */
  app.post('/worker/v1/reseal', async (request) => {
    const body = parseBody(resealRequest, request.body);
    const worker = await callingWorker(context, request, { approved: true });
    const newest = await newestEpoch(store.pool);
    if (body.epoch !== newest || body.signer !== currentSigner(keyring).verifyKey.id) throw new ApiError('InUse', 'The pool or the server has a newer key by now. Look again.');
    if (!(await hasGrant(store.pool, newest, worker.id))) throw new ApiError('NotAuthorized', 'Only a worker that has the newest key seals values to it.');
    if (body.left.length > 0) await recordLeft(context, request, worker, body);
    const signed = body.values.length > 0 ? await signAll(context, body, await findStored(store.pool, body.values.map(({ versionId }) => versionId))) : [];
    if (signed.length === 0) return { stored: 0 };
    const audit = { action: 'pool.reseal', actor: actorOf(request, worker), object: { name: `epoch ${newest}` }, details: { epoch: newest } } as const;
    return { stored: await replaceStored(store.pool, newest, signed, audit) };
  });
}
