import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { attachModule } from '@/lib/providers/loose-modules';
import { moduleChoiceSchema, providerSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/plugins/secret-provider/[id]/module', {
  POST: operation({
    summary: 'Give a provider a module that is stored already: one that was uploaded before it, or that it had earlier',
    access: 'provider.change',
    body: moduleChoiceSchema,
    status: 200,
    answer: providerSchema,
    handle: ({ caller, params, body }) => attachModule(caller, params.id ?? '', body),
  }),
});
