import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { secretSchema } from '@/lib/schemas/secret';
import { restoreSecret } from '@/lib/secrets/service';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/algorithms/[owner]/secrets/[secretId]/restore', {
  POST: operation({
    summary: 'Take back the removal of a secret, within a minute',
    path: '/v1/algorithms/{algorithmId}/secrets/{secretId}/restore',
    access: 'secret.change',
    status: 200,
    answer: secretSchema,
    handle: ({ caller, params }) => restoreSecret(caller, params.owner ?? '', params.secretId ?? ''),
  }),
});
