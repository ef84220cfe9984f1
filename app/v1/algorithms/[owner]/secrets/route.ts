import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { newSecretSchema, secretListSchema, secretSchema } from '@/lib/schemas/secret';
import { malformedSecret } from '@/lib/secrets/malformed';
import { createSecret, demandAlgorithm, listSecrets } from '@/lib/secrets/service';

// The folder is named after the owner because Next wants one name per place in a path; here it is the algorithm's id.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/algorithms/[owner]/secrets', {
  GET: operation({
    summary: 'The metadata of an algorithm’s secrets; never a value',
    path: '/v1/algorithms/{algorithmId}/secrets',
    access: 'secret.see',
    status: 200,
    answer: secretListSchema,
    handle: async ({ caller, params }) => {
      const secrets = await listSecrets(caller, params.owner ?? '');
      return { secrets, results: secrets };
    },
  }),
  POST: operation({
    summary: 'Store a new secret; with provider_key instead of secret_value it is an entry that its provider has already',
    path: '/v1/algorithms/{algorithmId}/secrets',
    access: 'secret.change',
    demand: (caller, params) => demandAlgorithm(caller, params.owner ?? '', 'secret.change'),
    body: newSecretSchema,
    malformed: malformedSecret,
    status: 200,
    answer: secretSchema,
    handle: ({ caller, params, body }) => createSecret(caller, params.owner ?? '', body),
  }),
});
