import { recordEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { principals } from '@/lib/auth/principals';
import { inTransaction } from '@/lib/db';
import { defaultPageSize, nameOfMarker, pageFrom, type Page } from '@/lib/http/marker';
import { demandOrganization } from '@/lib/organizations/service';
import * as store from '@/lib/organizations/store';
import type { MemberRole, MemberView } from '@/lib/schemas/organization';
import { noSuchUser } from '@/lib/users/service';
import { findUserNamed } from '@/lib/users/store';

export async function listMembers(caller: Caller, organization: string, query: { marker?: string | undefined; limit?: number | undefined }): Promise<Page<MemberView>> {
  const row = await demandOrganization(caller, organization, 'organization.see');
  const size = query.limit ?? defaultPageSize;
  const members = await store.listMemberRows(row.id, nameOfMarker(query.marker), size + 1);
  return pageFrom(members, size, `/v1/organizations/${row.account.name}/members`, (member) => member.user.account.nameKey, (member) => ({
    username: member.user.account.name,
    role: member.role,
    user_link: `/v1/users/${member.user.account.name}`,
    resource_type: 'organization_member' as const,
  }));
}

/** Adds a member, or changes the role of one when a role is sent; answers whether they are new. */
export async function putMember(caller: Caller, organization: string, username: string, role: MemberRole | undefined): Promise<{ added: boolean }> {
  const added = await inTransaction(async (tx) => {
    const row = await demandOrganization(caller, organization, 'organization.change', tx);
    const user = await findUserNamed(username, tx);
    if (!user) throw noSuchUser(username);
    const before = await store.findMember(tx, row.id, user.id);
    const given = role ?? before?.role ?? 'member';
    await store.putMember(tx, row.id, user.id, given);
    await recordEvent(tx, { action: 'member.set', actor: actorOf(caller), object: { id: row.id, name: row.account.name }, details: { user: user.account.name, role: given } });
    return before === null;
  });
  principals.forget();
  return { added };
}

export async function removeMember(caller: Caller, organization: string, username: string): Promise<void> {
  await inTransaction(async (tx) => {
    const row = await demandOrganization(caller, organization, 'organization.change', tx);
    const user = await findUserNamed(username, tx);
    const member = user && (await store.findMember(tx, row.id, user.id));
    if (!user || !member) throw noSuchUser(username);
    await store.deleteMember(tx, row.id, user.id);
    await recordEvent(tx, { action: 'member.remove', actor: actorOf(caller), object: { id: row.id, name: row.account.name }, details: { user: user.account.name, role: member.role } });
  });
  principals.forget();
}
