import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { createOrganization, listOrganizations } from '@/lib/organizations/service';
import { markerQuerySchema } from '@/lib/schemas/common';
import { organizationPageSchema, organizationRequestSchema, organizationSchema } from '@/lib/schemas/organization';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/organizations', {
  GET: operation({
    summary: 'The organizations that the caller may see, by name',
    access: 'organization.list',
    query: markerQuerySchema,
    status: 200,
    answer: organizationPageSchema,
    handle: ({ caller, query }) => listOrganizations(caller, query),
  }),
  POST: operation({
    summary: 'Add an organization',
    access: 'organization.create',
    body: organizationRequestSchema,
    malformed: () => 'MalformedOrganizationJson',
    status: 200,
    answer: organizationSchema,
    handle: ({ caller, body }) => createOrganization(caller, body),
  }),
});
