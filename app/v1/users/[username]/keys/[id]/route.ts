import { revokeApiKey } from '@/lib/api-keys/service';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/users/[username]/keys/[id]', {
  DELETE: operation({
    summary: 'Revoke an API key',
    access: 'api-key.change',
    status: 204,
    handle: ({ caller, params }) => revokeApiKey(caller, params.username ?? '', params.id ?? ''),
  }),
});
