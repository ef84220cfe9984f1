import { demand } from '@/lib/auth/permissions';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { organizationTypes, organizationTypesSchema } from '@/lib/schemas/organization';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/organization/types', {
  GET: operation({
    summary: 'The types of organization',
    access: 'organization.list',
    status: 200,
    answer: organizationTypesSchema,
    handle: async ({ caller }) => {
      demand(caller, 'organization.list');
      return [...organizationTypes];
    },
  }),
});
