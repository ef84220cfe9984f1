import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { callerOfSession } from '@/lib/auth/authenticate';
import type { Caller } from '@/lib/auth/caller';
import { sessionOf } from '@/lib/auth/session-token';
import { requestInfo } from '@/lib/http/request-info';
import { pagePathHeader, paths } from '@/lib/paths';

/** For pages: who is signed in, or undefined. Read once per page. */
export const pageCaller = cache(async (): Promise<Caller | undefined> => {
  const sent = await headers();
  const session = await sessionOf(sent.get('cookie') ?? '');
  return session && callerOfSession(session, requestInfo({ headers: sent }));
});

/** For pages: who is signed in; everybody else is led to sign-in. */
export async function requirePageCaller(): Promise<Caller> {
  const caller = await pageCaller();
  if (!caller) redirect(paths.signIn((await headers()).get(pagePathHeader) ?? undefined));
  return caller;
}
