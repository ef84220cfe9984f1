import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { getLog } from '@/lib/providers/health-service';
import { providerLogSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/secret-provider/[id]/log', {
  GET: operation({
    summary: 'What a secret provider’s plugin printed lately on this server, without the values that are known',
    access: 'provider.see',
    status: 200,
    answer: providerLogSchema,
    handle: ({ caller, params }) => getLog(caller, params.id ?? ''),
  }),
});
