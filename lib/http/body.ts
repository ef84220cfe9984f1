import { ApiError } from '@/lib/errors';
import type { HttpRequest } from '@/lib/http/http-request';

export const maxBodyBytes = 1024 * 1024;
export const bodyTimeoutMs = 30_000;

/**
 * The body's bytes; empty when there is none. Over `maxBytes` is RequestTooLarge, without reading on; more than 30 s from
 * the start of the request is RequestTooSlow.
 */
export async function readBody(request: HttpRequest, maxBytes = maxBodyBytes): Promise<Uint8Array> {
  const tooLarge = () => new ApiError('RequestTooLarge', `The body is over ${maxBytes.toLocaleString('en')} bytes. Send less.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ApiError('RequestTooSlow', 'The body took longer than 30 seconds to arrive. Send it again.')), bodyTimeoutMs);
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), slow]);
      if (done || !value) break;
      size += value.byteLength;
      if (size > maxBytes) throw tooLarge();
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
