import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePerson, startApi, type Person, type TestApi } from '@/e2e/support/api';
import { openStored, refusalOf } from '@/e2e/support/secrets';
import { secretSchema } from '@/lib/schemas/secret';

let api: TestApi;
let ana: Person;
let algorithmId: string;
let secrets: string;
let count = 0;

beforeAll(async () => {
  api = await startApi();
  ana = await makePerson('ana');
  algorithmId = await newAlgorithm('main');
  secrets = `/v1/algorithms/${algorithmId}/secrets`;
});
afterAll(() => api?.close());

async function newAlgorithm(name = `algorithm_${++count}`): Promise<string> {
  const answer = await api.call('POST', '/v1/algorithms/ana', { as: ana, body: { name, details: { label: 'L' }, settings: { language: 'python3' } } });
  expect(answer.status).toBe(201);
  return answer.json().id as string;
}

const requestOf = (changes: Record<string, unknown> = {}) => ({
  owner_type: 'algorithm', owner_id: algorithmId, short_name: 'A name', secret_key: `KEY_${++count}`, secret_value: 'value', description: ' ', ...changes,
});

async function create(changes: Record<string, unknown> = {}) {
  const answer = await api.call('POST', secrets, { as: ana, body: requestOf(changes) });
  expect(answer.status).toBe(200);
  return secretSchema.strict().parse(answer.json());
}

describe('a new secret', () => {
  test('is answered with its metadata, exactly the contract’s fields, and never its value', async () => {
    const secret = await create({ secret_key: 'FIRST', secret_value: 'a marked value' });
    expect(secret).toMatchObject({ short_name: 'A name', description: '', owner_type: 'algorithm', owner_id: algorithmId, secret_key: 'FIRST', provider_id: api.internalProvider });
    expect(Object.keys(secret).sort()).toEqual(['created', 'default_secret_value_id', 'description', 'id', 'modified', 'owner_id', 'owner_type', 'provider_id', 'secret_key', 'short_name']);
    expect(secret.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test('needs nothing but its name, key and value', async () => {
    const answer = await api.call('POST', secrets, { as: ana, body: { short_name: 'n', secret_key: 'BARE', secret_value: 'v' } });
    expect(answer.status).toBe(200);
  });

  test('is in the list under both keys, which hold the same', async () => {
    const id = await newAlgorithm();
    await api.call('POST', `/v1/algorithms/${id}/secrets`, { as: ana, body: { short_name: 'n', secret_key: 'B', secret_value: 'v' } });
    await api.call('POST', `/v1/algorithms/${id}/secrets`, { as: ana, body: { short_name: 'n', secret_key: 'A', secret_value: 'v' } });
    const list = (await api.call('GET', `/v1/algorithms/${id}/secrets`, { as: ana })).json<{ secrets: { secret_key: string }[]; results: unknown[] }>();
    expect(Object.keys(list)).toEqual(['secrets', 'results']);
    expect(list.results).toEqual(list.secrets);
    expect(list.secrets.map(({ secret_key }) => secret_key)).toEqual(['A', 'B']);
  });

  test('opens on a worker to the very bytes that were sent', async () => {
    const value = '-----BEGIN KEY-----\r\nx\n\t"quoted" \\ ü 😀 \u0001\u007f﻿\n';
    const secret = await create({ secret_value: value });
    expect((await openStored(api, secret.id)).toString('utf8')).toBe(value);
  });

  test('of 65,536 bytes is kept, one byte more is refused, counted in UTF-8', async () => {
    expect((await openStored(api, (await create({ secret_value: 'x'.repeat(65_536) })).id)).length).toBe(65_536);
    expect((await openStored(api, (await create({ secret_value: `xx${'é'.repeat(32_767)}` })).id)).length).toBe(65_536);
    for (const value of ['x'.repeat(65_537), `x${'é'.repeat(32_768)}`]) {
      expect(refusalOf(await api.call('POST', secrets, { as: ana, body: requestOf({ secret_value: value }) }))).toEqual([400, 8001]);
    }
  });

  test('whose key is taken is refused, and the same key in another case is another one', async () => {
    await create({ secret_key: 'Taken' });
    expect(refusalOf(await api.call('POST', secrets, { as: ana, body: requestOf({ secret_key: 'Taken' }) }))).toEqual([400, 8001]);
    await create({ secret_key: 'TAKEN' });
  });

  test('of which twenty are sent at once under one key is stored once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => api.call('POST', secrets, { as: ana, body: requestOf({ secret_key: 'RACE', secret_value: `v${i}` }) })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200).map(refusalOf)).toEqual(Array.from({ length: 19 }, () => [400, 8001]));
  });

  test('needs the pool’s key: before the first worker has joined it is refused, and said why', async () => {
    await api.query('ALTER TABLE pool_epochs RENAME TO pool_epochs_away');
    await api.query('CREATE TABLE pool_epochs (LIKE pool_epochs_away INCLUDING ALL)');
    try {
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      const answer = await api.call('POST', secrets, { as: ana, body: requestOf() });
      expect(refusalOf(answer)).toEqual([502, 8009]);
      expect(answer.text).toContain('No worker has joined yet');
    } finally {
      await api.query('DROP TABLE pool_epochs');
      await api.query('ALTER TABLE pool_epochs_away RENAME TO pool_epochs');
    }
  });
});

describe('a changed secret', () => {
  const put = (id: string, body: unknown) => api.call('PUT', `${secrets}/${id}`, { as: ana, body });

  test('keeps its value when none is sent, and default_secret_value_id with it', async () => {
    const before = await create({ secret_value: 'kept' });
    const answer = await put(before.id, { short_name: 'New name', description: 'New' });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ short_name: 'New name', description: 'New', default_secret_value_id: before.default_secret_value_id, secret_key: before.secret_key });
    expect((await openStored(api, before.id)).toString()).toBe('kept');
  });

  test('has another default_secret_value_id for every value that is sent, the same one included', async () => {
    const before = await create({ secret_value: 'same' });
    const after = (await put(before.id, { short_name: 'n', secret_value: 'same' })).json();
    expect(after.default_secret_value_id).not.toBe(before.default_secret_value_id);
    expect((await openStored(api, before.id)).toString()).toBe('same');
  });

  test('takes a null like what is absent', async () => {
    const before = await create({ description: 'kept', secret_value: 'kept' });
    const after = await put(before.id, { short_name: 'n', description: null, secret_value: null, secret_key: null });
    expect(after.status).toBe(200);
    expect(after.json()).toMatchObject({ description: 'kept', default_secret_value_id: before.default_secret_value_id });
  });

  test('never gets another key; its own key and a client’s read-only fields are fine', async () => {
    const before = await create();
    expect(refusalOf(await put(before.id, { short_name: 'n', secret_key: 'OTHER' }))).toEqual([400, 8001]);
    expect(refusalOf(await put(before.id, { short_name: 'n', secret_key: before.secret_key.toLowerCase() }))).toEqual([400, 8001]);
    expect((await put(before.id, { ...before, short_name: 'n' })).status).toBe(200);
  });

  test('is changed by one edit at a time: of twenty at once all are answered, name and value of one of them stay together', async () => {
    const before = await create();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => put(before.id, { short_name: `name ${i}`, description: `text ${i}`, secret_value: `value ${i}` })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const list = (await api.call('GET', secrets, { as: ana })).json<{ secrets: { id: string; short_name: string; description: string }[] }>();
    const after = list.secrets.find(({ id }) => id === before.id);
    const winner = after?.short_name.replace('name ', '');
    expect(after?.description).toBe(`text ${winner}`);
    expect((await openStored(api, before.id)).toString()).toBe(`value ${winner}`);
    const versions = await api.query<{ version: number }>('SELECT version FROM secret_versions WHERE secret_id = $1 ORDER BY version', [before.id]);
    expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
  });

  test('of an algorithm cannot be reached through another one', async () => {
    const before = await create();
    const other = await newAlgorithm();
    expect(refusalOf(await api.call('PUT', `/v1/algorithms/${other}/secrets/${before.id}`, { as: ana, body: { short_name: 'n' } }))).toEqual([404, 8008]);
    expect(refusalOf(await api.call('DELETE', `/v1/algorithms/${other}/secrets/${before.id}`, { as: ana }))).toEqual([404, 8008]);
  });
});

describe('a removed secret', () => {
  test('is gone from the list, and removing it again says so', async () => {
    const { id } = await create();
    const removed = await api.call('DELETE', `${secrets}/${id}`, { as: ana });
    expect([removed.status, removed.reason, removed.text]).toEqual([204, 'No Content', '']);
    expect((await api.call('GET', secrets, { as: ana })).text).not.toContain(id);
    expect(refusalOf(await api.call('DELETE', `${secrets}/${id}`, { as: ana }))).toEqual([404, 8008]);
    expect(refusalOf(await api.call('PUT', `${secrets}/${id}`, { as: ana, body: { short_name: 'n' } }))).toEqual([404, 8008]);
  });

  test('of which two are removed at once is removed once', async () => {
    const { id } = await create();
    const answers = await Promise.all([1, 2, 3, 4].map(() => api.call('DELETE', `${secrets}/${id}`, { as: ana })));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(3);
  });

  test('comes back with its value within the minute, and not after it', async () => {
    const before = await create({ secret_value: 'back' });
    await api.call('DELETE', `${secrets}/${before.id}`, { as: ana });
    const restored = await api.call('POST', `${secrets}/${before.id}/restore`, { as: ana });
    expect(restored.status).toBe(200);
    expect(restored.json()).toMatchObject({ id: before.id, default_secret_value_id: before.default_secret_value_id });
    expect((await openStored(api, before.id)).toString()).toBe('back');
    await api.call('DELETE', `${secrets}/${before.id}`, { as: ana });
    await api.query(`UPDATE secrets SET removed = now() - interval '61 seconds' WHERE id = $1`, [before.id]);
    expect(refusalOf(await api.call('POST', `${secrets}/${before.id}/restore`, { as: ana }))).toEqual([404, 8008]);
  });

  test('leaves its key free, and cannot come back onto a key that is taken by then', async () => {
    const before = await create({ secret_key: 'REUSED' });
    await api.call('DELETE', `${secrets}/${before.id}`, { as: ana });
    await create({ secret_key: 'REUSED' });
    expect(refusalOf(await api.call('POST', `${secrets}/${before.id}/restore`, { as: ana }))).toEqual([400, 8001]);
  });

  test('leaves nothing of its value in the database once it cannot come back', async () => {
    const { purgeRemoved } = await import('@/lib/secrets/store');
    const { id } = await create();
    await api.call('DELETE', `${secrets}/${id}`, { as: ana });
    await api.query(`UPDATE secrets SET removed = now() - interval '61 seconds' WHERE id = $1`, [id]);
    await purgeRemoved();
    expect(await api.query('SELECT id FROM secret_versions WHERE secret_id = $1', [id])).toEqual([]);
    expect(await api.query('SELECT version_id FROM sealed_values v WHERE NOT EXISTS (SELECT 1 FROM secret_versions s WHERE s.id = v.version_id)')).toEqual([]);
  });
});

test('a deleted algorithm takes its secrets and their sealed values with it, and off the provider’s count', async () => {
  const usedBy = async () => (await api.call('GET', `/v1/admin/secret-provider/${api.internalProvider}`, { as: api.admin })).json().usedBy;
  const live = async () => Number((await api.query<{ n: string }>('SELECT count(*) AS n FROM secrets WHERE live_key IS NOT NULL'))[0]?.n);
  const id = await newAlgorithm('doomed');
  for (const key of ['A', 'B', 'C']) await api.call('POST', `/v1/algorithms/${id}/secrets`, { as: ana, body: { short_name: 'n', secret_key: key, secret_value: 'v' } });
  expect(await usedBy()).toBe(await live());
  expect((await api.call('DELETE', '/v1/algorithms/ana/doomed', { as: ana })).status).toBe(204);
  expect(await usedBy()).toBe(await live());
  expect(await api.query('SELECT id FROM secrets WHERE algorithm_id = $1', [id])).toEqual([]);
  expect(refusalOf(await api.call('GET', `/v1/algorithms/${id}/secrets`, { as: ana }))).toEqual([404, 1009]);
});

test('the provider’s count stays exact while secrets come and go at once', async () => {
  const id = await newAlgorithm();
  const path = `/v1/algorithms/${id}/secrets`;
  await Promise.all(Array.from({ length: 30 }, async (_, i) => {
    const made = await api.call('POST', path, { as: ana, body: { short_name: 'n', secret_key: `K${i}`, secret_value: 'v' } });
    if (i % 3 !== 0) await api.call('DELETE', `${path}/${String(made.json().id)}`, { as: ana });
    if (i % 3 === 2) await api.call('POST', `${path}/${String(made.json().id)}/restore`, { as: ana });
  }));
  const { usedBy } = (await api.call('GET', `/v1/admin/secret-provider/${api.internalProvider}`, { as: api.admin })).json();
  const [live] = await api.query<{ n: number }>('SELECT count(*)::int AS n FROM secrets WHERE live_key IS NOT NULL');
  expect(usedBy).toBe(live?.n);
});
