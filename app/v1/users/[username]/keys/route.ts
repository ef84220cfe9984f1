import { createApiKey, demandUser, listApiKeys } from '@/lib/api-keys/service';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { apiKeyCreationSchema, apiKeyListSchema, apiKeySchema } from '@/lib/schemas/api-key';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/users/[username]/keys', {
  GET: operation({
    summary: 'A user’s API keys; masks only',
    access: 'api-key.see',
    status: 200,
    answer: apiKeyListSchema,
    handle: ({ caller, params }) => listApiKeys(caller, params.username ?? ''),
  }),
  POST: operation({
    summary: 'Make an API key; this answer alone has the key itself',
    access: 'api-key.change',
    demand: (caller, params) => demandUser(caller, params.username ?? '', 'api-key.change'),
    body: apiKeyCreationSchema,
    status: 200,
    answer: apiKeySchema,
    handle: ({ caller, params, body }) => createApiKey(caller, params.username ?? '', body),
  }),
});
