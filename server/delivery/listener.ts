import Fastify, { type FastifyInstance } from 'fastify';
import type { Keyring } from '@/lib/crypto/keyring';
import type { DatabaseSettings } from '@/lib/env';
import { newId } from '@/lib/ids';
import { limits } from '@/lib/schemas/delivery';
import { ChangeFeed } from './change-feed';
import type { DeliveryContext } from './context';
import { clientError, speakContract } from './http';
import { changeRoutes } from './routes-changes';
import { enrolmentRoutes } from './routes-enrolment';
import { poolRoutes } from './routes-pool';
import { providerRoutes } from './routes-providers';
import { resealRoutes } from './routes-reseal';
import { rotationRoutes } from './routes-rotation';
import { startRoutes } from './routes-starts';
import { Sessions } from './session';
import { Starts } from './starts';
import { openStore } from './store';

export interface DeliverySettings {
  database: DatabaseSettings;
  keyring: Keyring;
  /** True behind a reverse proxy that sets X-Forwarded-For. */
  trustProxy: boolean;
}

export interface Delivery {
  app: FastifyInstance;
  starts: Starts;
  close(): Promise<void>;
}

/** The delivery plane as a server that does not listen yet. It works, answering 503, also while the database is away. */
export function createDelivery({ database, keyring, trustProxy }: DeliverySettings): Delivery {
  const app = Fastify({
    logger: false,
    // One proxy of the operator's: what stands before the last address was written by whoever sent the request.
    trustProxy: trustProxy ? (_address, hop) => hop < 1 : false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: 30_000,
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    genReqId: newId,
    forceCloseConnections: true,
    clientErrorHandler(error, socket) {
      if (error.code === 'ECONNRESET' || socket.destroyed) return;
      if (socket.writable) socket.end(clientError(newId(), error.code));
      else socket.destroy();
    },
  });
  const store = openStore(database);
  const context: DeliveryContext = {
    keyring,
    store,
    sessions: new Sessions(keyring.sessionSecret),
    starts: new Starts(store),
    feed: new ChangeFeed(database),
  };
  speakContract(app);
  enrolmentRoutes(app, context);
  poolRoutes(app, context);
  rotationRoutes(app, context);
  resealRoutes(app, context);
  startRoutes(app, context);
  providerRoutes(app, context);
  const endStreams = changeRoutes(app, context);

  app.get('/worker/v1/health', async () => {
    await store.ping();
    return { status: 'ok', listening: context.feed.listening };
  });

  void context.feed.start();
  return {
    app,
    starts: context.starts,
    async close() {
      endStreams();
      await context.feed.close();
      await app.close();
      await store.close();
    },
  };
}
