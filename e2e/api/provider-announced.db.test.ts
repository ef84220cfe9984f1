import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '@/e2e/support/api';

let api: TestApi;
let listener: pg.Client;
const announced: string[] = [];

beforeAll(async () => {
  api = await startApi();
  listener = new pg.Client(JSON.parse(process.env.SECRET_STORE_DATABASE ?? '{}') as pg.ClientConfig);
  await listener.connect();
  listener.on('notification', ({ payload }) => announced.push(payload ?? ''));
  await listener.query('LISTEN secret_store_changes');
});
afterAll(async () => {
  await listener?.end();
  await api?.close();
});

async function until(found: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !found(); ) {
    if (Date.now() > end) throw new Error(`it was not announced; announced were ${announced.join(' ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a change of a provider is announced for each algorithm that has values on it, and for no other', async () => {
  const request = { name: 'vault', factoryClassName: 'a.B', configuration: { token: 'one' } };
  const provider = String((await api.call('POST', '/v1/admin/secret-provider', { as: api.admin, body: request })).json().id);
  const ids: string[] = [];
  for (const name of ['uses', 'uses_too', 'uses_not']) {
    const algorithm = String((await api.call('POST', '/v1/algorithms/root', { as: api.admin, body: { name } })).json().id);
    const secret = await api.call('POST', `/v1/algorithms/${algorithm}/secrets`, { as: api.admin, body: { short_name: 'n', secret_key: 'KEY', secret_value: 'v' } });
    if (name !== 'uses_not') await api.query('UPDATE secrets SET provider_id = $2 WHERE id = $1', [secret.json().id, provider]);
    ids.push(algorithm);
  }
  await api.query('INSERT INTO provider_usage (provider_id, shard, secrets) VALUES ($1, 0, 2) ON CONFLICT (provider_id, shard) DO UPDATE SET secrets = 2', [provider]);
  const [uses, usesToo, usesNot] = ids;
  const isAnnounced = (id: string | undefined) => announced.some((payload) => payload.includes(id ?? 'none'));
  await until(() => ids.every(isAnnounced));

  for (const [what, change] of [['configuration', { configuration: { token: 'two' } }], ['disabled', { isEnabled: false }]] as const) {
    announced.length = 0;
    const answer = await api.call('POST', `/v1/admin/secret-provider/${provider}`, { as: api.admin, body: { ...request, ...change } });
    expect(answer.status, what).toBe(200);
    await until(() => isAnnounced(uses) && isAnnounced(usesToo));
    expect(isAnnounced(usesNot), what).toBe(false);
  }
});
