import { z } from 'zod';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { listUsableProviders } from '@/lib/providers/service';
import { providerSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/secret-provider', {
  GET: operation({
    summary: 'The secret providers that a new secret can use now, the default first',
    access: 'provider.use',
    status: 200,
    answer: z.array(providerSchema),
    handle: ({ caller }) => listUsableProviders(caller),
  }),
});
