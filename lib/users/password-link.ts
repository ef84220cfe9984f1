import { createHash, randomBytes } from 'node:crypto';
import { recordEvent } from '@/lib/audit/store';
import type { AuditActor } from '@/lib/audit/events';
import type { RequestInfo } from '@/lib/auth/caller';
import { principals } from '@/lib/auth/principals';
import { hashPassword } from '@/lib/crypto/password';
import { inTransaction, type Transaction } from '@/lib/db';
import { env } from '@/lib/env';
import { ApiError } from '@/lib/errors';
import { newId } from '@/lib/ids';
import { paths } from '@/lib/paths';
import * as store from '@/lib/users/store';

const validDays = 7;
const hashOf = (token: string) => Uint8Array.from(createHash('sha256').update(token).digest());

/** Makes the link by which a user sets a password, once, within seven days. The token is in the fragment, which no server and no log sees. */
export async function makePasswordLink(tx: Transaction, user: { id: string; name: string }, actor: AuditActor): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await store.insertLink(tx, { id: newId(), userId: user.id, tokenHash: hashOf(token), expires: new Date(Date.now() + validDays * 86_400_000) });
  await recordEvent(tx, { action: 'user.password-link', actor, object: user });
  return `${env().url}${paths.setPassword()}#${token}`;
}

/** Sets the password of the user whose link it is, and ends the sessions they had. Throws InvalidRequest for a link that is used or over. */
export async function redeemPasswordLink(info: RequestInfo, request: { token: string; password: string }): Promise<{ username: string }> {
  const tokenHash = hashOf(request.token);
  const over = () => new ApiError('InvalidRequest', 'This link was used already, or is over. Ask an admin of this cluster for a new one.');
  // Anybody may send a token. Hashing a password is dear by design, and done for nobody without a link.
  if (!(await store.isLinkGood(tokenHash))) throw over();
  const passwordHash = await hashPassword(request.password);
  const username = await inTransaction(async (tx) => {
    const user = await store.useLink(tx, tokenHash);
    if (!user) throw over();
    await store.setPasswordHash(tx, user.id, passwordHash);
    await recordEvent(tx, { action: 'user.set-password', actor: { kind: 'user', id: user.id, name: user.name, requestId: info.requestId, address: info.address }, object: user });
    return user.name;
  });
  principals.forget();
  return { username };
}
