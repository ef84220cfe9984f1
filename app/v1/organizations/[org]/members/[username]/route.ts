import { endpoints } from '@/lib/http/endpoint';
import { operation, Reply } from '@/lib/http/operation';
import { putMember, removeMember } from '@/lib/organizations/members';
import { demandOrganization } from '@/lib/organizations/service';
import { memberRequestSchema } from '@/lib/schemas/organization';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/organizations/[org]/members/[username]', {
  PUT: operation({
    summary: 'Add a member (201), or set the role of one (200)',
    access: 'organization.change',
    demand: (caller, params) => demandOrganization(caller, params.org ?? '', 'organization.change'),
    body: memberRequestSchema,
    malformed: () => 'MalformedOrganizationJson',
    status: 201,
    handle: async ({ caller, params, body }) => {
      const { added } = await putMember(caller, params.org ?? '', params.username ?? '', body?.role ?? undefined);
      return new Reply(added ? 201 : 200);
    },
  }),
  DELETE: operation({
    summary: 'Remove a member',
    access: 'organization.change',
    status: 204,
    handle: ({ caller, params }) => removeMember(caller, params.org ?? '', params.username ?? ''),
  }),
});
