import type { FastifyInstance, FastifyRequest } from 'fastify';
import { currentSigner } from '@/lib/crypto/keyring';
import { KeyError, fingerprint, importBoxPublicKey } from '@/lib/crypto/keys';
import { signBytes, verifyBytes } from '@/lib/crypto/sign';
import { approvalStatement, joinStatement, sessionStatement } from '@/lib/crypto/statement';
import { ApiError } from '@/lib/errors';
import { newId } from '@/lib/ids';
import { joinRequest, sessionRequest, type JoinAnswer } from '@/lib/schemas/delivery';
import { readJoinToken } from '@/lib/workers/join-token';
import type { z } from 'zod';
import { actorOf, addressOf, notWelcome, type DeliveryContext } from './context';
import { parseBody } from './http';
import { approveWorker, findWorker, findWorkerByKeys, inTransaction, insertWorker, lockToken, notifyWorkersChanged, recordEvent, touchWorker, useToken } from './store-workers';
import { verifyKeysOf } from './verify-keys';

/** A refusal that is recorded although nothing was changed. */
class Refusal extends Error {
  constructor(readonly answer: ApiError, readonly reason: string) {
    super(reason);
  }
}

const bytes = (text: string) => Buffer.from(text, 'base64url');

async function join(context: DeliveryContext, request: FastifyRequest, body: z.output<typeof joinRequest>): Promise<JoinAnswer> {
  const { keyring, store } = context;
  const keys = { boxKey: bytes(body.boxKey), signKey: bytes(body.signKey) };
  const token = readJoinToken(keyring, body.token);
  const refused = (cause: string, message: string) => new Refusal(new ApiError('NotAuthenticated', message), cause);
  if (!token) throw refused('token not ours', 'This join token is not one of this installation. Ask an administrator for a new one.');
  if (!verifyBytes(keys.signKey, joinStatement(body.token, keys), bytes(body.proof))) {
    throw refused('proof does not fit', 'The proof does not fit the keys.');
  }
  try {
    importBoxPublicKey(keys.boxKey);
  } catch (error) {
    if (error instanceof KeyError) throw refused('box key not usable', 'The box key is not usable.');
    throw error;
  }

  const { worker, changed } = await inTransaction(store.pool, async (client) => {
    const row = await lockToken(client, token.hash);
    if (!row) throw refused('token unknown', 'This join token is not known. Ask an administrator for a new one.');
    const known = await findWorkerByKeys(client, keys);
    if (known && !(known.boxKey.equals(keys.boxKey) && known.signKey.equals(keys.signKey))) {
      throw refused('keys of another worker', 'Another worker has one of these keys.');
    }
    if (known?.state === 'revoked') throw refused('worker revoked', 'This worker was revoked. Remove its identity.json to join as a new one.');
    // The answer to a first attempt may have been lost: the same worker may ask again with the same token.
    if (row.used && !(known && row.workerId === known.id)) throw refused('token used', 'This join token was used already. Ask an administrator for a new one.');
    if (row.used && known) return { worker: known, changed: false };
    if (row.expired) throw refused('token expired', 'This join token has expired. Ask an administrator for a new one.');

    const id = known?.id ?? newId();
    const approval = token.autoApprove ? signBytes(currentSigner(keyring), approvalStatement(keyring.id, id, keys)) : null;
    const state = approval ? 'approved' : (known?.state ?? 'pending');
    const joined = { id, name: body.name, state, approval, ...keys } as const;
    if (!known) await insertWorker(client, { ...joined, fingerprint: fingerprint(keys.boxKey, keys.signKey), address: addressOf(request), software: body.software });
    else if (approval) await approveWorker(client, id, approval);
    await useToken(client, row.id, id);
    await recordEvent(client, {
      action: 'worker.join',
      actor: actorOf(request, joined),
      object: { id, name: body.name },
      details: { state, fingerprint: fingerprint(keys.boxKey, keys.signKey) },
    });
    return { worker: joined, changed: true };
  });
  if (changed) await notifyWorkersChanged(store.pool).catch(() => undefined);
  return { workerId: worker.id, state: worker.state, serverId: keyring.id, verifyKeys: verifyKeysOf(keyring) };
}

export function enrolmentRoutes(app: FastifyInstance, context: DeliveryContext): void {
  const { keyring, store, sessions } = context;

  app.post('/worker/v1/join', async (request) => {
    const body = parseBody(joinRequest, request.body);
    try {
      return await join(context, request, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await recordEvent(store.pool, { action: 'worker.join', outcome: 'refused', actor: actorOf(request, undefined), object: { name: body.name }, details: { cause: error.reason } });
      throw error.answer;
    }
  });

  app.post('/worker/v1/challenge', async () => ({ challenge: sessions.challenge(), serverId: keyring.id }));

  app.post('/worker/v1/session', async (request) => {
    const body = parseBody(sessionRequest, request.body);
    if (!sessions.acceptsChallenge(body.challenge)) throw new ApiError('NotAuthenticated', 'The challenge is none of ours, or is over. Ask for a new one.');
    const worker = await findWorker(store.pool, body.workerId);
    const proved = worker && verifyBytes(worker.signKey, sessionStatement(keyring.id, worker.id, body.challenge), bytes(body.signature));
    if (!worker || !proved || worker.state === 'revoked') {
      const cause = !worker ? 'unknown worker' : !proved ? 'signature does not fit' : 'worker revoked';
      await recordEvent(store.pool, { action: 'worker.session', outcome: 'refused', actor: actorOf(request, proved ? worker : undefined), object: { id: body.workerId }, details: { cause } });
      throw proved ? notWelcome(worker.state) : notWelcome(null);
    }
    await inTransaction(store.pool, async (client) => {
      await touchWorker(client, worker.id, addressOf(request), body.software);
      await recordEvent(client, { action: 'worker.session', actor: actorOf(request, worker), object: { id: worker.id, name: worker.name } });
    });
    return { ...sessions.begin(worker.id), state: worker.state };
  });
}
