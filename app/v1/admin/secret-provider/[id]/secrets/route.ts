import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { listUsers } from '@/lib/providers/usage-service';
import { markerQuerySchema } from '@/lib/schemas/common';
import { providerUsersSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/secret-provider/[id]/secrets', {
  GET: operation({
    summary: 'Which secrets of which algorithms use a secret provider, the newest first',
    access: 'provider.see',
    query: markerQuerySchema,
    status: 200,
    answer: providerUsersSchema,
    handle: ({ caller, params, query }) => listUsers(caller, params.id ?? '', query),
  }),
});
