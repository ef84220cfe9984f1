import { env } from '@/lib/env';
import { endpoints } from '@/lib/http/endpoint';
import { openApiDocument } from '@/lib/http/openapi';
import { operation } from '@/lib/http/operation';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/openapi.json', {
  GET: operation({
    summary: 'This document',
    access: 'anyone',
    status: 200,
    handle: async () => {
      // Imported when asked for: the table of all routes has this one in it.
      const { routes } = await import('@/lib/generated/routes');
      return openApiDocument(routes, env().url) as never;
    },
  }),
});
