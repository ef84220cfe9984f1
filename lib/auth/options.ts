import { headers } from 'next/headers';
import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { signInWithIdentity, type OidcProfile } from '@/lib/auth/oidc';
import { sessionMaxAgeSeconds, sessionSecret } from '@/lib/auth/session-token';
import { signInWithPassword } from '@/lib/auth/sign-in';
import { env } from '@/lib/env';
import { ApiError } from '@/lib/errors';
import { requestInfo } from '@/lib/http/request-info';
import { paths } from '@/lib/paths';

function oidcProvider(settings: NonNullable<ReturnType<typeof env>['oidc']>): OAuthConfig<OidcProfile> {
  return {
    id: 'oidc',
    name: settings.name,
    type: 'oauth',
    wellKnown: `${settings.issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    profile: (profile) => ({ id: profile.sub, email: profile.email ?? null, name: profile.name ?? null }),
  };
}

/** next-auth's settings. Made anew at each request: the keyring and the environment are not there while Next builds. */
export function authOptions(): NextAuthOptions {
  const { oidc } = env();
  return {
    secret: sessionSecret(),
    session: { strategy: 'jwt', maxAge: sessionMaxAgeSeconds },
    pages: { signIn: paths.signIn(), error: paths.signIn() },
    providers: [
      CredentialsProvider({
        credentials: { username: { label: 'Username' }, password: { label: 'Password', type: 'password' } },
        // The reason travels as the error's message, which next-auth hands to the sign-in page.
        authorize: async (credentials) => {
          const { username, password } = credentials ?? {};
          if (typeof username !== 'string' || typeof password !== 'string') return null;
          try {
            return await signInWithPassword(username, password, requestInfo({ headers: await headers() }));
          } catch (error) {
            if (error instanceof ApiError) throw new Error(error.errorName === 'TooManyRequests' ? 'TooManyAttempts' : 'CredentialsSignin');
            throw new Error('Unavailable', { cause: error });
          }
        },
      }),
      ...(oidc ? [oidcProvider(oidc)] : []),
    ],
    callbacks: {
      signIn: async ({ account, profile, user }) => {
        if (account?.provider !== 'oidc') return true;
        const known = await signInWithIdentity(oidc?.issuer ?? '', profile as OidcProfile, requestInfo({ headers: await headers() }));
        if (!known) return `${paths.signIn()}?error=NotLinked`;
        user.id = known.id;
        user.name = known.name;
        return true;
      },
      jwt: ({ token, user }) => (user ? { sub: user.id, name: user.name ?? null, began: Date.now() } : token),
      redirect: ({ url }) => ownUrl(url),
    },
    logger: { error: () => undefined, warn: () => undefined, debug: () => undefined },
  };
}

/** Where to go after signing in or out: never away from our origin. */
function ownUrl(url: string): string {
  const ours = env().url;
  try {
    const target = new URL(url, ours);
    return target.origin === new URL(ours).origin ? target.href : ours;
  } catch {
    return ours;
  }
}
