import type { Caller } from '@/lib/auth/caller';
import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { removalQuerySchema, secretEditSchema, secretSchema } from '@/lib/schemas/secret';
import { malformedSecret } from '@/lib/secrets/malformed';
import { demandAlgorithm, removeSecret, updateSecret } from '@/lib/secrets/service';

const demand = (caller: Caller, params: Record<string, string>) => demandAlgorithm(caller, params.owner ?? '', 'secret.change');
const path = '/v1/algorithms/{algorithmId}/secrets/{secretId}';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/algorithms/[owner]/secrets/[secretId]', {
  PUT: operation({
    summary: 'Change a secret; without secret_value its value stays',
    path,
    access: 'secret.change',
    demand,
    body: secretEditSchema,
    malformed: malformedSecret,
    status: 200,
    answer: secretSchema,
    handle: ({ caller, params, body }) => updateSecret(caller, params.owner ?? '', params.secretId ?? '', body),
  }),
  DELETE: operation({
    summary: 'Remove a secret; with forget=true only here, whatever its provider has',
    path,
    access: 'secret.change',
    demand,
    query: removalQuerySchema,
    status: 204,
    handle: ({ caller, params, query }) => removeSecret(caller, params.owner ?? '', params.secretId ?? '', { forget: query.forget === 'true' }),
  }),
});
