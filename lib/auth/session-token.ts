import { parse } from 'cookie';
import { getToken } from 'next-auth/jwt';
import { env } from '@/lib/env';
import { serverKeyring } from '@/lib/server-keyring';

/** Hours after which a session ends, however active. */
export const sessionMaxAgeSeconds = 12 * 60 * 60;

export function sessionSecret(): string {
  return Buffer.from(serverKeyring().sessionSecret).toString('base64url');
}

/**
 * The session in a Cookie header: whose it is and when it began (milliseconds since the epoch); undefined when there is none
 * that is valid. Its age is counted from its beginning: next-auth gives its own expiry anew to whoever asks for the session.
 */
export async function sessionOf(cookieHeader: string): Promise<{ userId: string; since: number } | undefined> {
  if (!cookieHeader.includes('next-auth.session-token')) return undefined;
  // getToken wants Next's or Express's request; outside their bundlers it takes this shape (it reads nothing else of it).
  const req = { headers: {}, cookies: parse(cookieHeader) } as unknown as Parameters<typeof getToken>[0]['req'];
  const token = await getToken({ req, secret: sessionSecret(), secureCookie: env().url.startsWith('https:') });
  if (!token?.sub || typeof token.began !== 'number') return undefined;
  if (Date.now() - token.began > sessionMaxAgeSeconds * 1000) return undefined;
  return { userId: token.sub, since: token.began };
}
