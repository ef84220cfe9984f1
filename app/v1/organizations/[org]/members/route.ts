import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { listMembers } from '@/lib/organizations/members';
import { markerQuerySchema } from '@/lib/schemas/common';
import { memberPageSchema } from '@/lib/schemas/organization';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/organizations/[org]/members', {
  GET: operation({
    summary: 'The members of an organization, by name',
    access: 'organization.see',
    query: markerQuerySchema,
    status: 200,
    answer: memberPageSchema,
    handle: ({ caller, params, query }) => listMembers(caller, params.org ?? '', query),
  }),
});
