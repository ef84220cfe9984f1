import { prisma } from '@/lib/db';
import { recordSignIn } from '@/lib/auth/sign-in';
import type { RequestInfo } from '@/lib/auth/caller';

/** What we read of an OpenID Connect identity. */
export interface OidcProfile {
  sub: string;
  email?: string | undefined;
  email_verified?: boolean | undefined;
  name?: string | undefined;
}

/**
 * The user of an identity. The first sign-in ties the identity to the user who has its verified e-mail address; after that
 * the issuer's subject alone counts, so that an address that changes hands opens nothing. Nobody is created.
 */
export async function signInWithIdentity(issuer: string, profile: OidcProfile, info: RequestInfo): Promise<{ id: string; name: string } | undefined> {
  const oidcSubject = `${issuer}|${profile.sub}`;
  const select = { id: true, account: { select: { name: true } } } as const;
  let user = await prisma().user.findUnique({ where: { oidcSubject }, select });
  if (!user && profile.email && profile.email_verified) {
    const emailKey = profile.email.toLowerCase();
    const { count } = await prisma().user.updateMany({ where: { emailKey, oidcSubject: null }, data: { oidcSubject } });
    if (count === 1) user = await prisma().user.findUnique({ where: { oidcSubject }, select });
  }
  const known = user ? { id: user.id, name: user.account.name } : undefined;
  await recordSignIn(known, info, known ? undefined : 'identity not linked to a user');
  return known;
}
