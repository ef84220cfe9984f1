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
    handle: async () => {
      const health = await checkHealth();
      return new Reply(health.status === 'ok' ? 200 : 503, health, health.status === 'ok' ? {} : { 'retry-after': '2' });
    },
  }),
});
