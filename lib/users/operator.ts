import type { AuditActor } from '@/lib/audit/events';
import { recordEvent } from '@/lib/audit/store';
import { inTransaction } from '@/lib/db';
import { makePasswordLink } from '@/lib/users/password-link';
import { noSuchUser } from '@/lib/users/service';
import { findUserNamed, listUserRows, setRole } from '@/lib/users/store';

/** What whoever stands at the server's machine may do to users, without being one: the way back in when nobody can sign in. */
export interface OperatorsUser {
  username: string;
  email: string;
  role: 'admin' | 'cluster viewer' | 'user';
}

const pageSize = 500;

/** Every user, by name. */
export async function listEveryUser(): Promise<OperatorsUser[]> {
  const users: OperatorsUser[] = [];
  for (let after: string | undefined; ; ) {
    const rows = await listUserRows(after, pageSize);
    for (const row of rows) {
      users.push({ username: row.account.name, email: row.email, role: row.isAdmin ? 'admin' : row.isClusterViewer ? 'cluster viewer' : 'user' });
    }
    if (rows.length < pageSize) return users;
    after = rows.at(-1)?.account.nameKey;
  }
}

export async function grantAdmin(actor: AuditActor, username: string): Promise<string> {
  return inTransaction(async (tx) => {
    const row = await findUserNamed(username, tx);
    if (!row) throw noSuchUser(username);
    await setRole(tx, row.id, { isAdmin: true });
    await recordEvent(tx, { action: 'role.grant', actor, object: { id: row.id, name: row.account.name }, details: { role: 'admin' } });
    return row.account.name;
  });
}

/** A one-time link by which the user sets a new password. */
export async function passwordLinkFor(actor: AuditActor, username: string): Promise<string> {
  return inTransaction(async (tx) => {
    const row = await findUserNamed(username, tx);
    if (!row) throw noSuchUser(username);
    return makePasswordLink(tx, { id: row.id, name: row.account.name }, actor);
  });
}
