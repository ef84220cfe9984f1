import { z } from 'zod';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { createProvider, listProviders } from '@/lib/providers/service';
import { providerRequestSchema, providerSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/secret-provider', {
  GET: operation({
    summary: 'All secret providers, the default first, then by name',
    access: 'provider.see',
    status: 200,
    answer: z.array(providerSchema),
    handle: ({ caller }) => listProviders(caller),
  }),
  POST: operation({
    summary: 'Add a secret provider; its module is uploaded afterwards',
    access: 'provider.change',
    body: providerRequestSchema,
    status: 200,
    answer: providerSchema,
    handle: ({ caller, body }) => createProvider(caller, body),
  }),
});
