import { recordEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { demand, demandVisible } from '@/lib/auth/permissions';
import { principals } from '@/lib/auth/principals';
import { hashPassword } from '@/lib/crypto/password';
import { inTransaction, isReferenced, isTaken, type Transaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { defaultPageSize, nameOfMarker, pageFrom, type Page } from '@/lib/http/marker';
import { newId } from '@/lib/ids';
import { named } from '@/lib/names';
import type { CreatedUser, UserRequest, UserView } from '@/lib/schemas/user';
import { makePasswordLink } from '@/lib/users/password-link';
import * as store from '@/lib/users/store';

export const noSuchUser = (username: string) => new ApiError('UserNotFound', `There is no ${named('user', username)}. Check the name.`);

export function userView(row: store.UserRow): UserView {
  return {
    id: row.id,
    username: row.account.name,
    email: row.email,
    fullname: row.fullname,
    company_name: row.companyName,
    company_role: row.companyRole,
    self_link: `/v1/users/${row.account.name}`,
    resource_type: 'user',
  };
}

export async function listUsers(caller: Caller, query: { marker?: string | undefined; limit?: number | undefined }): Promise<Page<UserView>> {
  demand(caller, 'user.list');
  const size = query.limit ?? defaultPageSize;
  const rows = await store.listUserRows(nameOfMarker(query.marker), size + 1);
  return pageFrom(rows, size, '/v1/users', (row) => row.account.nameKey, userView);
}

export async function getUser(caller: Caller, username: string): Promise<UserView> {
  const row = await store.findUserNamed(username);
  if (!row) throw noSuchUser(username);
  demandVisible(caller, 'user.see', 'user.see', { accountId: row.id }, () => noSuchUser(username));
  return userView(row);
}

/** Adds a user; without a password the answer has the link by which they set one, once. */
export async function createUser(caller: Caller, request: UserRequest): Promise<CreatedUser> {
  demand(caller, 'user.create');
  const passwordHash = request.password == null ? null : await hashPassword(request.password);
  return savingUser(request, () =>
    inTransaction(async (tx) => {
      const row = await store.insertUser(tx, {
        id: newId(), username: request.username, email: request.email, fullname: request.fullname ?? '',
        companyName: request.company_name ?? '', companyRole: request.company_role ?? '', passwordHash,
      });
      const user = { id: row.id, name: row.account.name };
      await recordEvent(tx, { action: 'user.create', actor: actorOf(caller), object: user });
      const view = userView(row);
      return passwordHash ? view : { ...view, one_time_link: await makePasswordLink(tx, user, actorOf(caller)) };
    }),
  );
}

/** Runs a write of a user; a taken name or address becomes the contract's error. */
export async function savingUser<T>(user: { username: string; email: string }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isTaken(error, 'email_key')) throw new ApiError('EmailAddressHasBeenTaken', 'A user has this e-mail address already. Use another.', { fields: { email: 'is the address of another user. Use another.' } });
    if (isTaken(error)) throw new ApiError('UsernameHasBeenTaken', `${user.username} is the name of a user or an organization already. Choose another.`, { fields: { username: 'is taken. Choose another.' } });
    throw error;
  }
}

export async function deleteUser(caller: Caller, username: string): Promise<void> {
  demand(caller, 'user.delete');
  try {
    await inTransaction(async (tx) => {
      const row = await store.findUserNamed(username, tx);
      if (!row) throw noSuchUser(username);
      if (row.id === caller.userId) throw new ApiError('InUse', 'You can’t delete yourself. Ask another admin.');
      await demandNoAlgorithms(tx, row.id, row.account.name);
      await store.deleteAccount(tx, row.id);
      await recordEvent(tx, { action: 'user.delete', actor: actorOf(caller), object: { id: row.id, name: row.account.name } });
    });
  } catch (error) {
    if (isReferenced(error)) throw new ApiError('InUse', `${username} owns an algorithm. Delete it first.`);
    throw error;
  }
  principals.forget();
}

/** Nothing stored is lost by deleting its owner: throws InUse while algorithms belong to the account. */
export async function demandNoAlgorithms(tx: Transaction, accountId: string, name: string): Promise<void> {
  const count = await store.countAlgorithms(tx, accountId);
  if (count > 0) throw new ApiError('InUse', `${name} owns ${count === 1 ? 'an algorithm' : `${count} algorithms`}. Delete ${count === 1 ? 'it' : 'them'} first; their secrets go with them.`);
}

/** Grants or takes back the read-only admin role. */
export async function setClusterViewer(caller: Caller, username: string, isClusterViewer: boolean): Promise<void> {
  demand(caller, 'role.change');
  await inTransaction(async (tx) => {
    const row = await store.findUserNamed(username, tx);
    if (!row) throw noSuchUser(username);
    await store.setRole(tx, row.id, { isClusterViewer });
    await recordEvent(tx, { action: isClusterViewer ? 'role.grant' : 'role.revoke', actor: actorOf(caller), object: { id: row.id, name: row.account.name }, details: { role: 'cluster_viewer' } });
  });
  principals.forget();
}
