import type { FastifyInstance } from 'fastify';
import { ApiError } from '@/lib/errors';
import { checkRequest, receiptsRequest, startRequest } from '@/lib/schemas/delivery';
import { actorOf, callingWorker, notWelcome, workerIdOf, type DeliveryContext } from './context';
import { parseBody } from './http';
import { recordEvent, recordReceipts } from './store-workers';

export function startRoutes(app: FastifyInstance, context: DeliveryContext): void {
  const { starts, store } = context;

  app.post('/worker/v1/starts', async (request, reply) => {
    const workerId = workerIdOf(context, request);
    const body = parseBody(startRequest, request.body);
    const named = 'algorithmId' in body ? null : body;
    const asked = named ? `${named.owner}/${named.name}` : '';
    const outcome = await starts.ask({
      workerId,
      algorithmId: named ? null : (body as { algorithmId: string }).algorithmId.toLowerCase(),
      ownerKey: named?.owner.toLowerCase() ?? null,
      nameKey: named?.name.toLowerCase() ?? null,
      asked,
      requestId: request.id,
      address: request.ip,
      reason: body.reason,
      clientTag: body.tag ?? '',
    });
    if (outcome.kind === 'not-welcome') throw notWelcome(outcome.state);
    if (outcome.kind === 'no-such-algorithm') throw new ApiError('AlgorithmNotFound', `No such algorithm${asked ? `: ${asked}` : ''}.`);
    return reply.header('Content-Type', 'application/json; charset=utf-8').send(outcome.body);
  });

  app.post('/worker/v1/check', async (request) => {
    const body = parseBody(checkRequest, request.body);
    await callingWorker(context, request, { approved: true });
    return { changed: await store.changed(body.algorithms) };
  });

  app.post('/worker/v1/receipts', async (request) => {
    const body = parseBody(receiptsRequest, request.body);
    const worker = await callingWorker(context, request, { approved: true });
    const actor = actorOf(request, worker);
    if (body.starts.length > 0) {
      await recordReceipts(store.pool, actor, body.starts, body.starts.map(({ cause }) => cause ?? null));
    }
    if (body.dropped > 0) await recordEvent(store.pool, { action: 'secret.open', actor, details: { notKept: body.dropped } });
    return {};
  });
}
