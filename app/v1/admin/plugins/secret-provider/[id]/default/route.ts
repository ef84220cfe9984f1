import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { makeDefault } from '@/lib/providers/service';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/plugins/secret-provider/[id]/default', {
  POST: operation({
    summary: 'Make a secret provider the default one',
    access: 'provider.change',
    status: 204,
    handle: ({ caller, params }) => makeDefault(caller, params.id ?? ''),
  }),
});
