import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { deleteOrganization, demandOrganization, getOrganization, updateOrganization } from '@/lib/organizations/service';
import { organizationEditSchema, organizationSchema } from '@/lib/schemas/organization';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/organizations/[org]', {
  GET: operation({
    summary: 'One organization',
    access: 'organization.see',
    status: 200,
    answer: organizationSchema,
    handle: ({ caller, params }) => getOrganization(caller, params.org ?? ''),
  }),
  PUT: operation({
    summary: 'Change an organization; its name stays',
    access: 'organization.change',
    demand: (caller, params) => demandOrganization(caller, params.org ?? '', 'organization.change'),
    body: organizationEditSchema,
    malformed: () => 'MalformedOrganizationJson',
    status: 204,
    handle: ({ caller, params, body }) => updateOrganization(caller, params.org ?? '', body),
  }),
  DELETE: operation({
    summary: 'Delete an organization that owns no algorithms',
    access: 'organization.delete',
    status: 204,
    handle: ({ caller, params }) => deleteOrganization(caller, params.org ?? ''),
  }),
});
