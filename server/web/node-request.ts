import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '@/lib/http/answer';
import { writeLines } from '@/lib/http/lines';
import type { BodyReader, HttpRequest, ReadWhole } from '@/lib/http/http-request';

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

const readWhole = (incoming: IncomingMessage): ReadWhole => (mostBytes, milliseconds) =>
  new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const end = (outcome: 'too large' | 'too slow' | 'broken' | undefined) => {
      clearTimeout(timer);
      incoming.off('data', take);
      // As above: what is left runs into nothing.
      if (outcome) incoming.resume();
      resolve(outcome ?? (chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)));
    };
    const take = (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size > mostBytes) end('too large');
      else chunks.push(chunk);
    };
    const timer = setTimeout(() => end('too slow'), milliseconds);
    incoming.on('data', take);
    incoming.once('end', () => end(undefined));
    incoming.once('error', () => end('broken'));
    incoming.once('close', () => end('broken'));
  });

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
    body: hasBody ? { getReader: () => readerOf(incoming), whole: readWhole(incoming) } : null,
  };
}

const lingerMs = 1_000;

/**
 * Writes an answer to node:http. A client that is still sending what was refused gets a moment to finish: a connection
 * closed at once is reset before it has read why.
 */
export async function writeAnswer({ status, statusText, headers, body, lines }: Answer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (lines) {
    outgoing.writeHead(status, headers);
    outgoing.flushHeaders();
    return writeLines(lines, outgoing);
  }
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
