import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKey, makePerson, startApi, type TestApi } from '@/e2e/support/api';
import { pythonPackage, runPython } from '@/e2e/support/python';
import { openStored } from '@/e2e/support/secrets';

const oldClient = 'algorithmia==2.0.5';
const generatedClient = 'algorithmia-api-client==1.5.5';

let api: TestApi;
let settings: Record<string, string>;

beforeAll(async () => {
  api = await startApi();
  const ana = await makePerson('ana');
  settings = { SECRET_STORE_URL: api.url, ADMIN_KEY: await makeKey('root', 'PlatformAdminKey'), USER_KEY: ana.key };
  // The two do not install into one environment.
  for (const requirement of [oldClient, generatedClient]) await pythonPackage(requirement);
}, 300_000);
afterAll(() => api?.close());

const secretOf = (output: string) => /secret (\S+)/.exec(output)?.[1] ?? '';

describe('the original’s Python clients work unmodified:', () => {
  test('algorithmia 2.0.5', async () => {
    await runPython('algorithmia_client.py', oldClient, settings);
    const names = await api.query<{ name: string }>(`SELECT name FROM accounts WHERE name LIKE 'python%' ORDER BY name`);
    expect(names.map(({ name }) => name)).toEqual(['pythonorg', 'pythonuser']);
  }, 90_000);

  test('algorithmia-api-client 1.5.5', async () => {
    const output = await runPython('api_client.py', generatedClient, settings);
    expect((await openStored(api, secretOf(output))).toString()).toBe('kept');
  }, 90_000);
});
