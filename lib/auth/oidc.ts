import { recordSignIn } from '@/lib/auth/sign-in';
import type { RequestInfo } from '@/lib/auth/caller';
import { findByIdentity, linkIdentity } from '@/lib/auth/identity-store';

/** What we read of an OpenID Connect identity. */
export interface OidcProfile {
  sub: string;
  email?: string | undefined;
  /** Some issuers send it as text. */
  email_verified?: boolean | string | undefined;
  name?: string | undefined;
}

/** Only a plain yes: the text "false" would be one too. */
const isVerified = ({ email_verified: claim }: OidcProfile) => claim === true || claim === 'true';

/**
 * The user of an identity. The first sign-in ties the identity to the user who has its verified e-mail address; after that
 * the issuer's subject alone counts, so that an address that changes hands opens nothing. Nobody is created.
 */
export async function signInWithIdentity(issuer: string, profile: OidcProfile, info: RequestInfo): Promise<{ id: string; name: string } | undefined> {
  const oidcSubject = `${issuer}|${profile.sub}`;
  let known = await findByIdentity(oidcSubject);
  if (!known && profile.email && isVerified(profile) && (await linkIdentity(profile.email.toLowerCase(), oidcSubject))) {
    known = await findByIdentity(oidcSubject);
  }
  await recordSignIn(known, info, known ? undefined : 'identity not linked to a user');
  return known;
}
