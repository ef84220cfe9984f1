import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { tryProvider } from '@/lib/providers/trial';
import { providerTrialSchema, testLineSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/plugins/secret-provider/test', {
  POST: operation({
    summary: 'Test a secret provider before it is saved: a line when each step begins, and one when it ended',
    access: 'provider.change',
    body: providerTrialSchema,
    status: 200,
    inLines: true,
    answer: testLineSchema,
    handle: ({ caller, body }) => tryProvider(caller, body),
  }),
});
