import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyReader, HttpRequest } from '@/lib/http/http-request';

function readerOf(incoming: IncomingMessage): BodyReader {
  const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return {
    read: async () => {
      const { done, value } = await chunks.next();
      return done ? { done: true } : { done: false, value };
    },
    // What is left is let run into nothing, so that the answer can still be written; the connection closes after it.
    cancel: async () => {
      incoming.resume();
    },
  };
}

/** node:http's request as the API reads it. `origin` is only there to make the URL whole. */
export function requestOf(incoming: IncomingMessage, origin: string): HttpRequest {
  const { headers } = incoming;
  const get = (name: string) => {
    const value = headers[name];
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
  };
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0');
  return {
    method: incoming.method ?? 'GET',
    url: origin + (incoming.url ?? '/'),
    headers: { get, has: (name) => headers[name] !== undefined },
    body: hasBody ? { getReader: () => readerOf(incoming) } : null,
  };
}

const lingerMs = 1_000;

/**
 * Writes a Response to node:http. Its body is small and whole: answers of the API are JSON. A client that is still sending
 * what was refused gets a moment to finish: a connection closed at once is reset before it has read why.
 */
export async function writeResponse(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status;
  if (response.statusText) outgoing.statusMessage = response.statusText;
  response.headers.forEach((value, name) => outgoing.setHeader(name, value));
  if (response.body === null) {
    if (response.status !== 204 && response.status !== 304) outgoing.setHeader('content-length', '0');
    outgoing.end();
    return;
  }
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.setHeader('content-length', String(body.length));
  if (response.headers.get('connection') !== 'close' || incoming.complete) {
    outgoing.end(body);
    return;
  }
  outgoing.write(body);
  incoming.resume();
  const timer = setTimeout(() => outgoing.end(), lingerMs);
  incoming.once('close', () => {
    clearTimeout(timer);
    outgoing.end();
  });
}
