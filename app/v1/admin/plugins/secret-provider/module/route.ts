import { endpoints } from '@/lib/http/endpoint';
import { operation } from '@/lib/http/operation';
import { moduleLimits } from '@/lib/plugins/inspect/limits';
import { uploadLooseModule } from '@/lib/providers/loose-modules';
import { looseModuleSchema } from '@/lib/schemas/provider';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/admin/plugins/secret-provider/module', {
  POST: operation({
    summary: 'Upload a module (a JAR) for a provider that is not saved yet; kept for an hour',
    access: 'provider.change',
    upload: { field: 'provider', maxBytes: moduleLimits.fileBytes },
    status: 200,
    answer: looseModuleSchema,
    handle: ({ caller, receive }) => uploadLooseModule(caller, receive),
  }),
});
