import { inTransaction } from '@/lib/db';
import { recordEvent } from '@/lib/audit/store';
import type { RequestInfo } from '@/lib/auth/caller';
import { countFailure, findForSignIn, forgetFailures, recentFailures } from '@/lib/auth/store';
import { verifyAgainstNobody, verifyPassword } from '@/lib/crypto/password';
import { ApiError } from '@/lib/errors';

const windowSeconds = 15 * 60;
/** Failures in the window after which an account, or an address, has to wait for its end. */
const maxFailures = { account: 10, address: 50 };

const refused = () => new ApiError('NotAuthenticated', 'That username and password do not go together. Check both, capital letters included.');

/**
 * The user of a username and password. Throws NotAuthenticated, in the same words and after the same work whether or not
 * the name exists, and TooManyRequests when the account or the address failed too often.
 */
export async function signInWithPassword(username: string, password: string, info: RequestInfo): Promise<{ id: string; name: string }> {
  const account = `account:${username.trim().toLowerCase().slice(0, 64)}`;
  const subjects = info.address ? [account, `address:${info.address}`] : [account];
  const failures = await recentFailures(subjects, windowSeconds);
  if ((failures.get(account) ?? 0) >= maxFailures.account || (failures.get(`address:${info.address}`) ?? 0) >= maxFailures.address) {
    await recordSignIn(undefined, info, 'too many attempts');
    throw new ApiError('TooManyRequests', 'Too many attempts. Wait 15 minutes, or ask an admin for a link to set a new password.', { retryAfterSeconds: windowSeconds });
  }
  const user = await findForSignIn(username.trim().toLowerCase());
  const good = user?.password_hash ? await verifyPassword(user.password_hash, password) : await verifyAgainstNobody(password);
  if (!user || !good) {
    await Promise.all(subjects.map((subject) => countFailure(subject, windowSeconds)));
    await recordSignIn(user, info, 'wrong credentials');
    throw refused();
  }
  await recordSignIn(user, info);
  await forgetFailures(account);
  return { id: user.id, name: user.name };
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
