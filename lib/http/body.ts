import { ApiError } from '@/lib/errors';
import type { HttpRequest } from '@/lib/http/http-request';

export const maxBodyBytes = 1024 * 1024;
/** How long a request may take to arrive. */
export const maxArrivalMs = 30_000;

/**
 * The body's bytes; empty when there is none. Over `maxBytes` is RequestTooLarge, without reading on; taking longer than
 * 30 s is RequestTooSlow; a connection that ends before the body does is InvalidRequest, which nobody reads.
 */
export async function readBody(request: HttpRequest, maxBytes = maxBodyBytes): Promise<Uint8Array> {
  const tooSlow = () => new ApiError('RequestTooSlow', 'The body took longer than 30 seconds to arrive. Send it again.');
  const broken = () => new ApiError('InvalidRequest', 'The connection ended before the body did.');
  const tooLarge = () => new ApiError('RequestTooLarge', `The body is over ${maxBytes.toLocaleString('en')} bytes. Send less.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  if (!request.body) return new Uint8Array();
  if (request.body.whole) {
    const bytes = await request.body.whole(maxBytes, maxArrivalMs);
    if (typeof bytes !== 'string') return bytes;
    throw bytes === 'too large' ? tooLarge() : bytes === 'too slow' ? tooSlow() : broken();
  }
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooSlow()), maxArrivalMs);
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
    throw error instanceof ApiError ? error : broken();
  } finally {
    clearTimeout(timer);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
