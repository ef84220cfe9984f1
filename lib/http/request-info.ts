import type { RequestInfo } from '@/lib/auth/caller';
import { isId, newId } from '@/lib/ids';

/** Set by our own web host on every request that comes in, whatever the client sent under these names. */
export const requestIdHeader = 'x-secret-store-request-id';
export const addressHeader = 'x-secret-store-address';

export function requestInfo(request: { headers: { get(name: string): string | null } }): RequestInfo {
  const given = request.headers.get(requestIdHeader);
  return { requestId: given && isId(given) ? given : newId(), address: request.headers.get(addressHeader) ?? '' };
}
