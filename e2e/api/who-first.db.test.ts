import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePerson, startApi, type Person, type TestApi } from '@/e2e/support/api';
import { servedRoutes } from '@/e2e/support/routes';
import { refusalOf } from '@/e2e/support/secrets';

let api: TestApi;
let stranger: Person;
let executor: Person;
let parts: Record<string, string>;

beforeAll(async () => {
  api = await startApi();
  [stranger, executor] = await Promise.all([makePerson('otto'), makePerson('exe')]);
  const made = async (path: string, body: unknown) => (await api.call('POST', path, { as: api.admin, body })).json<{ id: string }>().id;
  await made('/v1/organizations', { org_name: 'acme' });
  await api.call('PUT', '/v1/organizations/acme/members/exe', { as: api.admin, body: { role: 'executor' } });
  const algorithmId = await made('/v1/algorithms/acme', { name: 'main' });
  const secretId = await made(`/v1/algorithms/${algorithmId}/secrets`, { short_name: 'n', secret_key: 'K', secret_value: 'v' });
  parts = { owner: 'acme', name: 'main', algorithmId, secretId, org: 'acme', username: 'exe', account: 'exe', id: api.internalProvider };
});
afterAll(() => api?.close());

const reading = servedRoutes().filter(({ operation }) => operation.access !== 'anyone' && operation.body);

/** What an object refuses to whom it is no secret (the executor) and to whom it is (the stranger); the rest is for admins. */
const refusals: Record<string, readonly [executor: [number, number], stranger: [number, number]]> = {
  'POST /v1/algorithms/{owner}': [[403, 2001], [404, 3000]],
  'POST /v1/algorithms/{algorithmId}/secrets': [[403, 2001], [404, 1009]],
  'PUT /v1/algorithms/{algorithmId}/secrets/{secretId}': [[403, 2001], [404, 1009]],
  'PUT /v1/organizations/{org}': [[403, 2001], [404, 3100]],
  'PUT /v1/organizations/{org}/members/{username}': [[403, 2001], [404, 3100]],
};

describe('who may not is told that, and nothing about what they sent', () => {
  test.each(reading.map(({ method, template }) => ({ method, template })))('$method $template', async ({ method, template }) => {
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? name);
    for (const body of ['{', '[]', '{"a":1,"a":2}', 'null']) {
      const [toExecutor, toStranger] = await Promise.all([executor, stranger].map((as) => api.call(method, path, { as, body })));
      const [mayNot, mayNotKnow] = refusals[`${method} ${template}`] ?? [[403, 2001], [403, 2001]];
      if (template === '/v1/users/{username}/keys') {
        // The executor's own.
        expect(toExecutor?.status).toBe(400);
        expect(toStranger && refusalOf(toStranger)).toEqual([404, 3000]);
        continue;
      }
      expect(toExecutor && refusalOf(toExecutor)).toEqual(mayNot);
      expect(toStranger && refusalOf(toStranger)).toEqual(mayNotKnow);
    }
  });

  test('nor about their query', async () => {
    expect(refusalOf(await api.call('GET', '/v1/users?limit=x', { as: stranger }))).toEqual([403, 2001]);
  });
});
