import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { deleteProvider, getProvider, updateProvider } from '@/lib/providers/service';
import { providerRequestSchema, providerSchema } from '@/lib/schemas/provider';
import { removalQuerySchema } from '@/lib/schemas/secret';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/secret-provider/[id]', {
  GET: operation({
    summary: 'One secret provider',
    access: 'provider.see',
    status: 200,
    answer: providerSchema,
    handle: ({ caller, params }) => getProvider(caller, params.id ?? ''),
  }),
  POST: operation({
    summary: 'Change a secret provider; a configuration key whose value is null keeps its stored value',
    access: 'provider.change',
    body: providerRequestSchema,
    status: 200,
    answer: providerSchema,
    handle: ({ caller, params, body }) => updateProvider(caller, params.id ?? '', body),
  }),
  DELETE: operation({
    summary: 'Delete a secret provider that no secret uses; with forget=true also while entries wait for their deletion in its backend',
    access: 'provider.change',
    query: removalQuerySchema,
    status: 204,
    handle: ({ caller, params, query }) => deleteProvider(caller, params.id ?? '', { forget: query.forget === 'true' }),
  }),
});
