import { z } from 'zod';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { getModuleHistory } from '@/lib/providers/modules';
import { keptModuleSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/secret-provider/[id]/modules', {
  GET: operation({
    summary: 'The modules that a secret provider has or had, the one uploaded last first',
    access: 'provider.see',
    status: 200,
    answer: z.array(keptModuleSchema),
    handle: ({ caller, params }) => getModuleHistory(caller, params.id ?? ''),
  }),
});
