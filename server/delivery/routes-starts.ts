import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ApiError } from '@/lib/errors';
import { checkRequest, limits, receiptsRequest, startRequest, startsRequest } from '@/lib/schemas/delivery';
import { actorOf, addressOf, callingWorker, notWelcome, workerIdOf, type DeliveryContext } from './context';
import { parseBody } from './http';
import type { StartOutcome, StartQuestion } from './starts';
import { recordEvent, recordReceipts } from './store-workers';

const json = 'application/json; charset=utf-8';

function question(request: FastifyRequest, workerId: string, body: z.output<typeof startRequest>): StartQuestion {
  const requestId = request.id;
  const address = addressOf(request);
  const { reason, tag: clientTag = '' } = body;
  // Each written out whole: an object that is spread first and added to then costs more than all else here.
  if ('algorithmId' in body) {
    const algorithmId = body.algorithmId.toLowerCase();
    return { workerId, requestId, address, reason, clientTag, key: algorithmId, algorithmId, ownerKey: null, nameKey: null, asked: '' };
  }
  const asked = `${body.owner}/${body.name}`;
  return { workerId, requestId, address, reason, clientTag, key: asked.toLowerCase(), algorithmId: null, ownerKey: body.owner.toLowerCase(), nameKey: body.name.toLowerCase(), asked };
}

function areSeveral(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'starts' in body;
}

/** What is sent for an outcome; throws what it is answered with when nothing is delivered. */
function bodyOf(outcome: StartOutcome, asked: string): Buffer | string {
  if (outcome.kind === 'not-welcome') throw notWelcome(outcome.state);
  if (outcome.kind === 'no-such-algorithm') throw new ApiError('AlgorithmNotFound', `No such algorithm${asked ? `: ${asked}` : ''}.`);
  return outcome.body;
}

/** Answers of several starts as one JSON text, without building what is text already anew. */
function together(outcomes: StartOutcome[], questions: StartQuestion[]): Buffer {
  const parts: Buffer[] = [Buffer.from('{"answers":[')];
  let bytes = 0;
  outcomes.forEach((outcome, index) => {
    if (index > 0) parts.push(Buffer.from(','));
    let part: Buffer;
    try {
      part = Buffer.from(bodyOf(outcome, questions[index]?.asked ?? ''));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      part = Buffer.from(JSON.stringify({ error: { status: error.status, code: error.code, message: error.message } }));
    }
    if (bytes > 0 && bytes + part.length > limits.togetherBytes) part = Buffer.from('{"askAlone":true}');
    bytes += part.length;
    parts.push(part);
  });
  parts.push(Buffer.from(']}'));
  return Buffer.concat(parts);
}

export function startRoutes(app: FastifyInstance, context: DeliveryContext): void {
  const { starts, store } = context;

  app.post('/worker/v1/starts', async (request, reply) => {
    const workerId = workerIdOf(context, request);
    reply.header('Content-Type', json);
    if (!areSeveral(request.body)) {
      const asked = question(request, workerId, parseBody(startRequest, request.body));
      return reply.send(bodyOf(await starts.ask(asked), asked.asked));
    }
    const questions = parseBody(startsRequest, request.body).starts.map((body) => question(request, workerId, body));
    return reply.send(together(await Promise.all(questions.map((each) => starts.ask(each))), questions));
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
