import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '@/lib/http/answer';
import type { BodyReader, HttpRequest } from '@/lib/http/http-request';

/** The body a chunk at a time, with the stream's own events: an iterator over the stream costs more than the rest of a small request. */
function readerOf(incoming: IncomingMessage): BodyReader {
  const arrived: Uint8Array[] = [];
  let over: { error?: Error } | undefined;
  let wake: (() => void) | undefined;
  const end = (error?: Error) => {
    over ??= error ? { error } : {};
    wake?.();
  };
  incoming.on('data', (chunk: Uint8Array) => {
    arrived.push(chunk);
    // No more than what is asked for: a body that is too large is not taken in.
    incoming.pause();
    wake?.();
  });
  incoming.on('end', () => end());
  incoming.on('error', end);
  incoming.on('close', () => end(new Error('the client went away')));
  return {
    read: async () => {
      if (arrived.length === 0 && !over) {
        incoming.resume();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const value = arrived.shift();
      if (value) return { done: false, value };
      if (over?.error) throw over.error;
      return { done: true };
    },
    // What is left is let run into nothing, so that the answer can still be written; the connection closes after it.
    cancel: async () => {
      incoming.removeAllListeners('data');
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
 * Writes an answer to node:http. A client that is still sending what was refused gets a moment to finish: a connection
 * closed at once is reset before it has read why.
 */
export function writeAnswer({ status, statusText, headers, body }: Answer, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (body !== null) headers['content-length'] = String(Buffer.byteLength(body));
  else if (status !== 204 && status !== 304) headers['content-length'] = '0';
  if (statusText) outgoing.writeHead(status, statusText, headers);
  else outgoing.writeHead(status, headers);
  if (body === null || headers.connection !== 'close' || incoming.complete) {
    outgoing.end(body ?? undefined);
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
