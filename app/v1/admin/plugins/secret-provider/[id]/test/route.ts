import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { testProvider } from '@/lib/providers/trial';
import { testLineSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/plugins/secret-provider/[id]/test', {
  POST: operation({
    summary: 'Test a secret provider as it is saved: a line when each step begins, and one when it ended',
    access: 'provider.change',
    status: 200,
    inLines: true,
    answer: testLineSchema,
    handle: ({ caller, params }) => testProvider(caller, params.id ?? ''),
  }),
});
