import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import { log } from '@/lib/log';
import { callingWorker, type DeliveryContext } from './context';
import { seenWorkers, type WorkerRow } from './store-workers';

const pingMs = 5_000;
const stateMs = 500;
const seenEvery = 20;
/** A worker that reads slower than changes happen is cut off; it connects again and polls. */
const unreadBytes = 1024 * 1024;

interface Stream {
  workerId: string;
  /** One that still waits for its approval is told what concerns itself, not which algorithms there are. */
  isApproved: boolean;
  write(line: object): void;
  end(): void;
}

function openStream(response: ServerResponse, worker: Pick<WorkerRow, 'id' | 'state'>, requestId: string): Stream {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'X-Request-Id': requestId, 'Cache-Control': 'no-store' });
  return {
    workerId: worker.id,
    isApproved: worker.state === 'approved',
    write(line) {
      if (response.writableLength > unreadBytes) response.destroy();
      else response.write(`${JSON.stringify(line)}\n`);
    },
    end: () => void response.end(),
  };
}

/** The stream of changes. Returns what ends the streams and their timers. */
export function changeRoutes(app: FastifyInstance, context: DeliveryContext): () => void {
  const { feed, store } = context;
  const streams = new Set<Stream>();

  const ping = setInterval(() => {
    for (const stream of streams) stream.write({ ping: true, listening: feed.listening });
  }, pingMs);

  // A revoked worker is told, and let go, within a second.
  let busy = false;
  let round = 0;
  const states = setInterval(() => {
    if (busy || streams.size === 0) return;
    busy = true;
    const ids = [...new Set([...streams].map(({ workerId }) => workerId))];
    store
      .workerStates(ids)
      .then(async (found) => {
        for (const stream of streams) {
          const state = found.get(stream.workerId);
          stream.isApproved = state === 'approved';
          if (state === 'approved' || state === 'pending') continue;
          stream.write({ revoked: true });
          stream.end();
        }
        if (round++ % seenEvery === 0) await seenWorkers(store.pool, ids);
      })
      .catch((error: unknown) => log.debug({ reason: String(error) }, 'states of workers could not be read'))
      .finally(() => (busy = false));
  }, stateMs);

  app.get('/worker/v1/changes', async (request, reply) => {
    const worker = await callingWorker(context, request, { approved: false });
    reply.hijack();
    const stream = openStream(reply.raw, worker, request.id);
    streams.add(stream);
    const pending = new Set<string>();
    let self = false;
    let flush: NodeJS.Timeout | undefined;
    const unsubscribe = feed.subscribe((change) => {
      if ('algorithmId' in change) pending.add(change.algorithmId);
      else self = true;
      flush ??= setTimeout(() => {
        flush = undefined;
        if (stream.isApproved) for (const algorithmId of pending) stream.write({ algorithmId });
        if (self) stream.write({ self: true });
        pending.clear();
        self = false;
      }, 20);
    });
    reply.raw.on('error', () => undefined);
    reply.raw.on('close', () => {
      unsubscribe();
      clearTimeout(flush);
      streams.delete(stream);
    });
    stream.write({ ping: true, listening: feed.listening });
  });

  return () => {
    clearInterval(ping);
    clearInterval(states);
    for (const stream of streams) stream.end();
  };
}
