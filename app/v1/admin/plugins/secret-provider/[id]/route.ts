import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { moduleLimits } from '@/lib/plugins/inspect/limits';
import { uploadModule } from '@/lib/providers/modules';
import { getModule } from '@/lib/providers/service';
import { providerSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/plugins/secret-provider/[id]', {
  GET: operation({
    summary: 'Whether a module is uploaded: 200 when it is, 400 when not',
    access: 'provider.see',
    status: 200,
    answer: providerSchema,
    handle: ({ caller, params }) => getModule(caller, params.id ?? ''),
  }),
  POST: operation({
    summary: 'Uploads the module (a JAR) of a provider',
    access: 'provider.change',
    upload: { field: 'provider', maxBytes: moduleLimits.fileBytes },
    status: 200,
    answer: providerSchema,
    handle: ({ caller, params, receive }) => uploadModule(caller, params.id ?? '', receive),
  }),
});
