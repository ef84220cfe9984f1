import { errorCatalogue } from '@/lib/errors';
import { checkHealth } from '@/lib/health/service';
import { endpoints } from '@/lib/http/endpoint';
import { operation, Reply } from '@/lib/http/operation';
import { healthSchema } from '@/lib/schemas/health';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoints('/v1/health', {
  GET: operation({
    summary: 'Whether pages, API, delivery and the local worker serve; 503 names the part that does not',
    access: 'anyone',
    status: 200,
    answer: healthSchema,
    handle: async ({ info }) => {
      const health = await checkHealth();
      if (health.status === 'ok') return health;
      const parts = Object.entries(health.parts).filter(([, { status }]) => status !== 'ok').map(([name, { message }]) => `${name}: ${message ?? 'unavailable'}`);
      return new Reply(503, { ...health, error: { id: info.requestId, code: errorCatalogue.Unavailable.code, message: parts.join(' ') } }, { 'retry-after': '2' });
    },
  }),
});
