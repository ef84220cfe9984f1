import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { inTransaction } from '@/lib/db';
import { recordEvent } from '@/lib/audit/store';
import type { RequestInfo } from '@/lib/auth/caller';
import { countAttempt, findForSignIn, forgetAttempts, takeAttemptBack } from '@/lib/auth/store';
import { deriveSecret } from '@/lib/crypto/derive';
import { verifyAgainstNobody, verifyPassword } from '@/lib/crypto/password';
import { ApiError } from '@/lib/errors';
import { isPlainText } from '@/lib/schemas/common';
import { serverKeyring } from '@/lib/server-keyring';

const windowSeconds = 15 * 60;
/** Failures in the window after which an account, or an address, has to wait for its end. */
const maxFailures = { account: 10, address: 50 };

const refused = () => new ApiError('NotAuthenticated', 'That username and password do not go together. Check both, capital letters included.');

/**
 * The user of a username and password. Throws NotAuthenticated, in the same words and after the same work whether or not
 * the name exists, and TooManyRequests when the account or the address failed too often.
 */
export async function signInWithPassword(username: string, password: string, info: RequestInfo): Promise<{ id: string; name: string }> {
  const nameKey = username.trim().toLowerCase();
  const account = subjectOf(nameKey);
  const address = `address:${networkOf(info.address)}`;
  // Counted before the password is looked at: of many guesses at once, no more than allowed get that far.
  const [ofAccount, ofAddress] = await Promise.all([countAttempt(account, windowSeconds), info.address ? countAttempt(address, windowSeconds) : 0]);
  if (ofAccount > maxFailures.account || ofAddress > maxFailures.address) {
    await recordSignIn(undefined, info, 'too many attempts');
    throw new ApiError('TooManyRequests', 'Too many attempts. Wait 15 minutes, or ask an admin for a link to set a new password.', { retryAfterSeconds: windowSeconds });
  }
  const user = isPlainText(nameKey) ? await findForSignIn(nameKey) : undefined;
  const good = user?.password_hash ? await verifyPassword(user.password_hash, password) : await verifyAgainstNobody(password);
  if (!user || !good) {
    await recordSignIn(user, info, 'wrong credentials');
    throw refused();
  }
  await recordSignIn(user, info);
  await Promise.all([forgetAttempts(account), takeAttemptBack(address)]);
  return { id: user.id, name: user.name };
}

/** Whose attempts are counted together: an address; of IPv6 its 64-bit network, in which one machine has as many as it likes. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const groups = [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** What is counted of an account: not the name as typed, since people type passwords into the wrong field. */
function subjectOf(nameKey: string): string {
  return `account:${createHmac('sha256', deriveSecret(serverKeyring().sessionSecret, 'sign-in-throttle')).update(nameKey).digest('base64url')}`;
}

/** An unknown name is not kept: people type passwords into the wrong field. */
export async function recordSignIn(user: { id: string; name: string } | undefined, info: RequestInfo, refusedFor?: string): Promise<void> {
  await inTransaction((tx) =>
    recordEvent(tx, {
      action: 'session.begin',
      outcome: refusedFor ? 'refused' : 'done',
      actor: { kind: refusedFor ? 'anonymous' : 'user', id: refusedFor ? undefined : user?.id, name: refusedFor ? '' : user?.name, requestId: info.requestId, address: info.address },
      object: user ? { id: user.id, name: user.name } : {},
      details: refusedFor ? { reason: refusedFor } : {},
    }),
  );
}
