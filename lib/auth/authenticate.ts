import { apiKeyLookup, isApiKeyForm } from '@/lib/crypto/api-key';
import { ApiError } from '@/lib/errors';
import type { Caller, RequestInfo } from '@/lib/auth/caller';
import type { HttpRequest } from '@/lib/http/http-request';
import { principals } from '@/lib/auth/principals';
import { sessionOf } from '@/lib/auth/session-token';
import { serverKeyring } from '@/lib/server-keyring';

/** `Simple KEY`, `Bearer KEY` and the bare `KEY` are the same (contract, section 1). */
function keyOf(authorization: string): string | undefined {
  const parts = authorization.trim().split(/\s+/);
  const key = parts.length === 1 ? parts[0] : parts.length === 2 && /^(simple|bearer)$/i.test(parts[0] ?? '') ? parts[1] : undefined;
  return key !== undefined && isApiKeyForm(key) ? key : undefined;
}

/**
 * Who sent the request: the user of its API key, else of its session. Throws NotAuthenticated. Roles are at most half a
 * second old, so a revoked key or a removed role ends within a second on every server.
 */
export async function authenticate(request: HttpRequest, info: RequestInfo): Promise<Caller> {
  const authorization = request.headers.get('authorization');
  if (authorization !== null) {
    const key = keyOf(authorization);
    const principal = key === undefined ? undefined : await principals.byKey(apiKeyLookup(serverKeyring().apiKeyHmac, key));
    if (!principal) throw new ApiError('NotAuthenticated', 'This API key is not known, or was revoked. Send "Authorization: Simple KEY" with a key that is valid.');
    return { ...principal, ...info, via: 'key' };
  }
  const session = await sessionOf(request.headers.get('cookie') ?? '');
  const caller = session && (await callerOfSession(session, info));
  if (!caller) throw new ApiError('NotAuthenticated', 'This needs credentials: sign in, or send "Authorization: Simple KEY".');
  return caller;
}

/** The caller of a session that is still good: its user exists, and has not ended their sessions since it began. */
export async function callerOfSession(session: { userId: string; since: number }, info: RequestInfo): Promise<Caller | undefined> {
  const principal = await principals.byUser(session.userId);
  if (!principal || session.since < principal.sessionsSince) return undefined;
  return { ...principal, ...info, via: 'session' };
}
