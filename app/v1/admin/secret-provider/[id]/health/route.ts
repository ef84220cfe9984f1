import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { getHealth } from '@/lib/providers/health-service';
import { providerHealthSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/secret-provider/[id]/health', {
  GET: operation({
    summary: 'How a secret provider’s calls went over the last day, how its plugin is contained, and what it printed lately',
    access: 'provider.see',
    status: 200,
    answer: providerHealthSchema,
    handle: ({ caller, params }) => getHealth(caller, params.id ?? ''),
  }),
});
