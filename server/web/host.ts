import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { routes } from '@/lib/generated/routes';
import { ApiError } from '@/lib/errors';
import { answerError } from '@/lib/http/answer';
import { maxArrivalMs } from '@/lib/http/body';
import type { RouteModule } from '@/lib/http/route-entry';
import { addressHeader, requestIdHeader } from '@/lib/http/request-info';
import { newId } from '@/lib/ids';
import { log } from '@/lib/log';
import { requestOf, writeAnswer } from '@/server/web/node-request';
import { matchRoute } from '@/server/web/router';

export interface HostOptions {
  /** Next's handler, for pages and next-auth. */
  pages: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
  /** Our public origin. */
  origin: string;
  /** Whether X-Forwarded-For comes from a proxy of the operator's. */
  trustProxy: boolean;
  /** False where Next serves the API too, as in development. */
  mountApi: boolean;
  /** How long a request may take to arrive; the contract's 30 s unless said. */
  arrivalMs?: number;
}

function addressOf(incoming: IncomingMessage, trustProxy: boolean): string {
  const forwarded = incoming.headers['x-forwarded-for'];
  const first = trustProxy && typeof forwarded === 'string' ? forwarded.split(',').at(-1)?.trim() : undefined;
  return (first || incoming.socket.remoteAddress || '').replace(/^::ffff:/, '').slice(0, 64);
}

/** The path and query of a request's target, which a client that takes us for a proxy sends with scheme and host in front. */
function pathOf(target: string): string {
  const rest = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  return rest === undefined ? target : rest.startsWith('/') ? rest : `/${rest}`;
}

/** What a page's request may bring: a sign-in is a few hundred bytes, and next-auth reads what it is sent whole, from whoever sends it. */
const maxPageBodyBytes = 64 * 1024;

/** Whether a path is the API's, and so answered in the contract's form whatever happens. */
export function isApiPath(pathname: string): boolean {
  return pathname === '/v1' || pathname.startsWith('/v1/') || pathname === '/admin/roles' || pathname.startsWith('/admin/roles/');
}

/**
 * The control plane's HTTP server: the API's route modules mounted directly, everything else handed to Next. Each request
 * gets an id and the peer's address under names of ours, whatever the client sent under them.
 */
export function createHost(options: HostOptions): Server {
  const { arrivalMs = maxArrivalMs } = options;
  const timeouts = { headersTimeout: arrivalMs, requestTimeout: arrivalMs, connectionsCheckingInterval: Math.min(1_000, arrivalMs / 4), keepAliveTimeout: 65_000 };
  // Node would refuse a request without Host by itself, with an empty body; `serve` does, in the contract's form.
  const server = createServer({ ...timeouts, requireHostHeader: false }, (incoming, outgoing) => {
    const requestId = newId();
    incoming.url = pathOf(incoming.url ?? '/');
    incoming.headers[requestIdHeader] = requestId;
    incoming.headers[addressHeader] = addressOf(incoming, options.trustProxy);
    outgoing.setHeader('X-Request-Id', requestId);
    serve(options, incoming, outgoing, requestId).catch((error: unknown) => {
      log.error({ requestId, reason: error instanceof Error ? error.name : 'unknown' }, 'a request could not be served');
      if (!outgoing.headersSent) outgoing.statusCode = 500;
      outgoing.end();
    });
  });
  // Node answers an expectation that it does not know with an empty body; a server may as well ignore it.
  server.on('checkExpectation', (incoming, outgoing) => server.emit('request', incoming, outgoing));
  // Node would close the connection without a word.
  server.on('connect', (_incoming, socket: Socket) => {
    // Node has let go of this connection: nobody else would hear of its end, or bring it about.
    socket.on('error', () => socket.destroy());
    socket.setTimeout(5_000, () => socket.destroy());
    answerRaw(socket, 405, 'Method Not Allowed', 'This is no proxy, and no path has CONNECT.');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(error, socket as Socket));
  return server;
}

async function serve(options: HostOptions, incoming: IncomingMessage, outgoing: ServerResponse, requestId: string): Promise<void> {
  const target = incoming.url ?? '/';
  const query = target.indexOf('?');
  const pathname = query < 0 ? target : target.slice(0, query);
  if (incoming.headers.host === undefined && incoming.httpVersion === '1.1') {
    return writeAnswer(answerError(new ApiError('InvalidRequest', 'The request has no Host header. Check the client.'), { requestId, address: '' }), incoming, outgoing);
  }
  // What has no path, such as "OPTIONS *", is no page's.
  if (!isApiPath(pathname) && pathname.startsWith('/')) {
    // One whose length is not said beforehand is cut off by Next, at the same length (next.config.js).
    if (Number(incoming.headers['content-length'] ?? 0) <= maxPageBodyBytes) return options.pages(incoming, outgoing);
    const error = new ApiError('RequestTooLarge', `The body is over ${maxPageBodyBytes.toLocaleString('en')} bytes. Send less.`);
    return writeAnswer(answerError(error, { requestId, address: '' }), incoming, outgoing);
  }
  const match = matchRoute(routes, pathname);
  if (match && !options.mountApi) return options.pages(incoming, outgoing);
  // A method that no route has is refused by the route itself, as it refuses OPTIONS: it knows which ones it has.
  const handler = match?.route.module[(incoming.method ?? 'GET') as keyof RouteModule] ?? match?.route.module.OPTIONS;
  if (!match || !handler) {
    const error = new ApiError('PathNotFound', 'There is nothing at this path. GET /v1/openapi.json lists the paths there are.');
    return writeAnswer(answerError(error, { requestId, address: '' }, { bodiless: incoming.method === 'HEAD' }), incoming, outgoing);
  }
  await writeAnswer(await handler.plain(requestOf(incoming, options.origin), { params: Promise.resolve(match.params) }), incoming, outgoing);
}

/** What is no HTTP, has too large a head or came too slowly never becomes a request: answered in the contract's form all the same. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, text, message]: [number, string, string] =
    error.code === 'HPE_HEADER_OVERFLOW' ? [431, 'Request Header Fields Too Large', 'The head of the request is over 16 KiB. Send less.']
    : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? [408, 'Request Timeout', 'The request took longer than 30 seconds to arrive. Send it again.']
    : [400, 'Bad Request', 'This is no HTTP request. Check the client.'];
  answerRaw(socket, status, text, message);
}

function answerRaw(socket: Socket, status: number, text: string, message: string): void {
  const id = newId();
  const body = JSON.stringify({ error: { id, code: 2015, message } });
  socket.end(`HTTP/1.1 ${status} ${text}\r\nContent-Type: application/json; charset=utf-8\r\nX-Request-Id: ${id}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
