import { recordEvent } from '@/lib/audit/store';
import { actorOf, type Caller } from '@/lib/auth/caller';
import { demand, demandVisible, type Permission } from '@/lib/auth/permissions';
import { principals } from '@/lib/auth/principals';
import { inTransaction, isReferenced, isTaken, type Transaction } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { defaultPageSize, nameOfMarker, pageFrom, type Page } from '@/lib/http/marker';
import { newId } from '@/lib/ids';
import { named } from '@/lib/names';
import * as store from '@/lib/organizations/store';
import { organizationTypes, type OrganizationEdit, type OrganizationRequest, type OrganizationView } from '@/lib/schemas/organization';
import { demandNoAlgorithms } from '@/lib/users/service';
import { deleteAccount } from '@/lib/users/store';

export const noSuchOrganization = (name: string) => new ApiError('OrganizationNotFound', `There is no ${named('organization', name)}, or you are no member of it.`);

function organizationView(row: store.OrganizationRow): OrganizationView {
  return {
    id: row.id,
    org_name: row.account.name,
    org_label: row.label,
    org_contact_name: row.contactName,
    org_email: row.email,
    org_url: row.url,
    type_id: row.typeId,
    owner_ids: row.memberships.map((membership) => membership.userId),
    self_link: `/v1/organizations/${row.account.name}`,
    resource_type: 'organization',
  };
}

export async function demandOrganization(caller: Caller, name: string, permission: Permission, tx?: Transaction): Promise<store.OrganizationRow> {
  const row = await store.findOrganization(name, tx);
  if (!row) throw noSuchOrganization(name);
  demandVisible(caller, 'organization.see', permission, { accountId: row.id }, () => noSuchOrganization(name));
  return row;
}

/** The organizations that the caller may see. */
export async function listOrganizations(caller: Caller, query: { marker?: string | undefined; limit?: number | undefined }): Promise<Page<OrganizationView>> {
  demand(caller, 'organization.list');
  const size = query.limit ?? defaultPageSize;
  const ids = caller.isAdmin || caller.isClusterViewer ? undefined : [...caller.memberships.keys()];
  const rows = await store.listOrganizationRows(ids, nameOfMarker(query.marker), size + 1);
  return pageFrom(rows, size, '/v1/organizations', (row) => row.account.nameKey, organizationView);
}

export async function getOrganization(caller: Caller, name: string): Promise<OrganizationView> {
  return organizationView(await demandOrganization(caller, name, 'organization.see'));
}

function typeOf(typeId: string | null | undefined): string {
  const type = organizationTypes.find(({ id }) => id === (typeId ?? 'basic'));
  if (!type) throw new ApiError('OrganizationTypeNotFound', `type_id is none of ${organizationTypes.map(({ id }) => id).join(', ')}. Send one of these, or leave it out.`);
  return type.id;
}

export async function createOrganization(caller: Caller, request: OrganizationRequest): Promise<OrganizationView> {
  demand(caller, 'organization.create');
  const typeId = typeOf(request.type_id);
  const id = newId();
  try {
    return await inTransaction(async (tx) => {
      await store.insertOrganization(tx, request.org_name, {
        id, typeId, label: request.org_label ?? '', contactName: request.org_contact_name ?? '', email: request.org_email ?? '', url: request.org_url ?? '',
      });
      await recordEvent(tx, { action: 'organization.create', actor: actorOf(caller), object: { id, name: request.org_name } });
      return organizationView((await store.findOrganization(request.org_name, tx)) as store.OrganizationRow);
    });
  } catch (error) {
    if (isTaken(error)) throw new ApiError('OrganizationAlreadyExists', `${request.org_name} is the name of a user or an organization already. Choose another.`, { fields: { org_name: 'is taken. Choose another.' } });
    throw error;
  }
}

/** Changes what is sent and leaves the rest; the name stays. */
export async function updateOrganization(caller: Caller, name: string, edit: OrganizationEdit): Promise<void> {
  await inTransaction(async (tx) => {
    const row = await demandOrganization(caller, name, 'organization.change', tx);
    if (edit.org_name != null && edit.org_name.toLowerCase() !== row.account.nameKey) {
      throw new ApiError('MalformedOrganizationJson', `org_name stays ${row.account.name}: algorithms are named after it. Leave it out.`);
    }
    await store.updateOrganization(tx, row.id, {
      ...(edit.org_label != null && { label: edit.org_label }),
      ...(edit.org_contact_name != null && { contactName: edit.org_contact_name }),
      ...(edit.org_email != null && { email: edit.org_email }),
      ...(edit.org_url != null && { url: edit.org_url }),
      ...(edit.type_id != null && { typeId: typeOf(edit.type_id) }),
    });
    await recordEvent(tx, { action: 'organization.update', actor: actorOf(caller), object: { id: row.id, name: row.account.name } });
  });
}

export async function deleteOrganization(caller: Caller, name: string): Promise<void> {
  demand(caller, 'organization.delete');
  try {
    await inTransaction(async (tx) => {
      const row = await demandOrganization(caller, name, 'organization.delete', tx);
      await demandNoAlgorithms(tx, row.id, row.account.name);
      await deleteAccount(tx, row.id);
      await recordEvent(tx, { action: 'organization.delete', actor: actorOf(caller), object: { id: row.id, name: row.account.name } });
    });
  } catch (error) {
    if (isReferenced(error)) throw new ApiError('InUse', `${name} owns an algorithm. Delete it first.`);
    throw error;
  }
  principals.forget();
}
