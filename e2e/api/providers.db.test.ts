import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makePerson, startApi, type Person, type TestApi } from '@/e2e/support/api';
import { refusalOf } from '@/e2e/support/secrets';
import { openRecord } from '@/lib/crypto/record';
import type { ProviderView } from '@/lib/schemas/provider';
import { serverKeyring } from '@/lib/server-keyring';

const list = '/v1/admin/secret-provider';
let api: TestApi;
let ana: Person;
let secrets: string;
let count = 0;

beforeAll(async () => {
  api = await startApi();
  ana = await makePerson('ana');
  const { id } = (await api.call('POST', '/v1/algorithms/ana', { as: ana, body: { name: 'main' } })).json();
  secrets = `/v1/algorithms/${String(id)}/secrets`;
});
afterAll(() => api?.close());

const builtIn = { name: 'algorithmia_internal_secret_provider', factoryClassName: 'com.algorithmia.plugin.sqlsecretprovider.InternalSecretProviderFactory' };
const request = (changes: Record<string, unknown> = {}) => ({ name: `Plugin ${++count}`, factoryClassName: 'com.example.Factory', ...changes });
const save = (id: string, body: unknown) => api.call('POST', `${list}/${id}`, { as: api.admin, body });
const get = async (id: string) => (await api.call('GET', `${list}/${id}`, { as: api.admin })).json<ProviderView>();
const makeDefault = (id: string) => api.call('POST', `/v1/admin/plugins/secret-provider/${id}/default`, { as: api.admin });
const defaults = async () => (await api.call('GET', list, { as: api.admin })).json<ProviderView[]>().filter(({ isDefault }) => isDefault).map(({ id }) => id);
const remove = (id: string) => api.call('DELETE', `${list}/${id}`, { as: api.admin });

async function add(changes?: Record<string, unknown>): Promise<ProviderView> {
  const answer = await api.call('POST', list, { as: api.admin, body: request(changes) });
  expect(answer.status).toBe(200);
  return answer.json<ProviderView>();
}

/** A plugin's module comes with a JAR; here it is put in place. */
async function giveModule(id: string): Promise<void> {
  await api.query(`INSERT INTO modules (sha256, file_name, size) VALUES ('abc', 'x.jar', 1) ON CONFLICT DO NOTHING`);
  await api.query(`UPDATE providers SET module_sha256 = 'abc' WHERE id = $1`, [id]);
}

/** A secret kept by a plugin, as it will stand in the database. */
async function putSecretOn(providerId: string, key: string): Promise<void> {
  const made = (await api.call('POST', secrets, { as: ana, body: { short_name: key, secret_key: key, secret_value: 'v' } })).json();
  await api.query('UPDATE secrets SET provider_id = $1 WHERE id = $2', [providerId, made.id]);
}

beforeEach(async () => {
  await save(api.internalProvider, { ...builtIn, isEnabled: true, isDefault: true });
});

describe('the built-in provider', () => {
  test('is what the contract says, and is the only one at first', async () => {
    expect((await api.call('GET', list, { as: api.admin })).json<ProviderView[]>()).toMatchObject([{
      id: api.internalProvider, providerID: api.internalProvider, ...builtIn, description: 'Internal Secret Provider', interfaceVersion: '1.0', moduleName: '', moduleSha256: '',
      isEnabled: true, isDefault: true, configurationKeys: [], capabilities: { create: true, update: true, delete: true }, status: { state: 'ok' },
    }]);
  });

  test.each([
    ['its name', { name: 'other' }], ['its class', { factoryClassName: 'x.Y' }], ['its description', { description: 'mine' }], ['a configuration', { configuration: { a: 'b' } }], ['a module', { moduleName: 'x.jar' }],
  ])('never gets %s changed', async (_what, change) => {
    const before = await get(api.internalProvider);
    expect(refusalOf(await save(api.internalProvider, { ...builtIn, ...change }))).toEqual([403, 8005]);
    expect(await get(api.internalProvider)).toEqual(before);
  });

  test('is never deleted, default or not', async () => {
    expect(refusalOf(await remove(api.internalProvider))).toEqual([403, 8005]);
    const { id } = await add();
    await makeDefault(id);
    expect(refusalOf(await remove(api.internalProvider))).toEqual([403, 8005]);
  });

  test('can be disabled: new and changed secrets are refused, what is stored stays', async () => {
    const made = (await api.call('POST', secrets, { as: ana, body: { short_name: 'n', secret_key: 'BEFORE', secret_value: 'v' } })).json();
    expect((await save(api.internalProvider, { ...builtIn, isEnabled: false })).status).toBe(200);
    expect(await get(api.internalProvider)).toMatchObject({ isEnabled: false, status: { state: 'disabled' } });
    const body = { short_name: 'n', secret_key: 'DURING', secret_value: 'v', provider_id: api.internalProvider };
    expect(refusalOf(await api.call('POST', secrets, { as: ana, body }))).toEqual([409, 8012]);
    expect(refusalOf(await api.call('PUT', `${secrets}/${String(made.id)}`, { as: ana, body: { short_name: 'm' } }))).toEqual([409, 8012]);
    expect((await api.call('GET', secrets, { as: ana })).text).toContain('BEFORE');
    expect((await api.call('GET', '/v1/secret-provider', { as: ana })).json()).toEqual([]);
    expect((await api.call('DELETE', `${secrets}/${String(made.id)}`, { as: ana })).status).toBe(204);
  });

  test('can lose the default: then a secret has to name its provider', async () => {
    expect((await save(api.internalProvider, { ...builtIn, isDefault: false })).status).toBe(200);
    expect(await defaults()).toEqual([]);
    const body = { short_name: 'n', secret_key: `K${++count}`, secret_value: 'v' };
    expect(refusalOf(await api.call('POST', secrets, { as: ana, body }))).toEqual([409, 8002]);
    expect((await api.call('POST', secrets, { as: ana, body: { ...body, provider_id: api.internalProvider } })).status).toBe(200);
  });
});

describe('the default', () => {
  test('is one at any time, also while many make theirs the default at once', async () => {
    const made = [await add(), await add(), await add()];
    const answers = await Promise.all([...made, ...made].map(({ id }) => makeDefault(id)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 204));
    expect(await defaults()).toHaveLength(1);
  });

  test('moves with a request that says isDefault, to a new provider and to an old one', async () => {
    const { id } = await add({ isDefault: true });
    expect(await defaults()).toEqual([id]);
    const other = await add();
    await save(other.id, request({ isDefault: true }));
    expect(await defaults()).toEqual([other.id]);
  });

  test('falls back to the built-in provider when a plugin gives it up', async () => {
    const { id, name } = await add({ isDefault: true });
    await save(id, { name, factoryClassName: 'x.Y' });
    expect(await defaults()).toEqual([api.internalProvider]);
  });

  test('is no disabled provider', async () => {
    const { id } = await add({ isEnabled: false });
    expect(refusalOf(await makeDefault(id))).toEqual([409, 8011]);
    expect(refusalOf(await save(id, request({ isEnabled: false, isDefault: true })))).toEqual([409, 8011]);
    expect(refusalOf(await api.call('POST', list, { as: api.admin, body: request({ isEnabled: false, isDefault: true }) }))).toEqual([409, 8011]);
    expect(await defaults()).toEqual([api.internalProvider]);
  });

  test('can be disabled and stays the default; a secret that names no provider is then refused', async () => {
    const { id, name } = await add({ isDefault: true });
    expect((await save(id, request({ name, isEnabled: false, isDefault: true }))).status).toBe(200);
    expect(await defaults()).toEqual([id]);
    expect((await save(id, request({ name, isEnabled: true, isDefault: true }))).status).toBe(200);
    await makeDefault(api.internalProvider);
  });

  test('is first in both lists, the rest by name whatever its case', async () => {
    for (const { id } of (await api.call('GET', list, { as: api.admin })).json<ProviderView[]>().filter(({ id }) => id !== api.internalProvider)) await remove(id);
    const [zed, beta, alpha] = [await add({ name: 'Zed', isDefault: true }), await add({ name: 'beta' }), await add({ name: 'Alpha' })];
    const names = (answer: ProviderView[]) => answer.map(({ name }) => name);
    expect(names((await api.call('GET', list, { as: api.admin })).json())).toEqual(['Zed', 'algorithmia_internal_secret_provider', 'Alpha', 'beta']);
    for (const { id } of [zed, beta, alpha]) await giveModule(id);
    await save(beta.id, { name: 'beta', factoryClassName: 'x.Y', isEnabled: false });
    expect(names((await api.call('GET', '/v1/secret-provider', { as: ana })).json())).toEqual(['Zed', 'algorithmia_internal_secret_provider', 'Alpha']);
  });

  test('is not deleted', async () => {
    const { id } = await add({ isDefault: true });
    expect(refusalOf(await remove(id))).toEqual([409, 8013]);
    await makeDefault(api.internalProvider);
    expect((await remove(id)).status).toBe(204);
    expect(refusalOf(await remove(id))).toEqual([404, 8006]);
  });
});

describe('a provider without its module', () => {
  test('exists, says what it waits for, is not offered, and takes no secret', async () => {
    const provider = await add();
    expect(provider).toMatchObject({ moduleSha256: '', isEnabled: true, interfaceVersion: 'v1.0.0', description: '', status: { state: 'module_missing' }, usedBy: 0 });
    expect((await api.call('GET', '/v1/secret-provider', { as: ana })).text).not.toContain(provider.id);
    expect(refusalOf(await api.call('GET', `/v1/admin/plugins/secret-provider/${provider.id}`, { as: api.admin }))).toEqual([400, 2015]);
    const answer = await api.call('POST', secrets, { as: ana, body: { short_name: 'n', secret_key: 'K', secret_value: 'v', provider_id: provider.id } });
    expect(refusalOf(answer)).toEqual([502, 8009]);
    expect(answer.text).toMatch(/upload/);
  });

  test('that is disabled besides is answered as disabled', async () => {
    const { id } = await add({ isEnabled: false });
    expect(refusalOf(await api.call('POST', secrets, { as: ana, body: { short_name: 'n', secret_key: 'K', secret_value: 'v', provider_id: id } }))).toEqual([409, 8012]);
  });

  test('has one answer less once the module is there', async () => {
    const { id } = await add();
    await giveModule(id);
    expect((await api.call('GET', `/v1/admin/plugins/secret-provider/${id}`, { as: api.admin })).status).toBe(200);
    expect((await api.call('GET', '/v1/secret-provider', { as: ana })).text).toContain(id);
  });
});

describe('a provider’s name', () => {
  test('is unique whatever its case, in new and in changed providers, and its own name is no obstacle', async () => {
    const { id, name } = await add();
    const other = await add();
    for (const taken of [name, name.toUpperCase(), builtIn.name.toUpperCase()]) {
      expect(refusalOf(await api.call('POST', list, { as: api.admin, body: request({ name: taken }) }))).toEqual([409, 6001]);
      expect(refusalOf(await save(other.id, request({ name: taken })))).toEqual([409, 6001]);
    }
    expect((await save(id, request({ name: name.toLowerCase() }))).json()).toMatchObject({ name: name.toLowerCase() });
  });

  test('is given once when ten ask for it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.call('POST', list, { as: api.admin, body: request({ name: 'Race' }) })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
  });
});

describe('a configuration', () => {
  const stored = async (id: string) => {
    const [row] = await api.query<{ configuration: Buffer }>('SELECT configuration FROM providers WHERE id = $1', [id]);
    return JSON.parse(openRecord(serverKeyring(), id, row?.configuration ?? Buffer.alloc(0)).toString('utf8')) as Record<string, string>;
  };

  test('is stored sealed, and never given back: only its names are', async () => {
    const answer = await api.call('POST', list, { as: api.admin, body: request({ configuration: { vault_addr: 'https://marked-address', vault_token: 'marked-token' } }) });
    const { id, configurationKeys } = answer.json<ProviderView>();
    expect(configurationKeys).toEqual(['vault_addr', 'vault_token']);
    for (const text of [answer.text, (await api.call('GET', list, { as: api.admin })).text, (await api.call('GET', `${list}/${id}`, { as: api.admin })).text]) expect(text).not.toContain('marked');
    expect(await stored(id)).toEqual({ vault_addr: 'https://marked-address', vault_token: 'marked-token' });
    expect(await api.query(`SELECT id FROM providers t WHERE t::text LIKE '%marked%' OR position('marked'::bytea IN configuration) > 0`)).toEqual([]);
  });

  test('on update: null keeps, a text replaces, what is left out is removed', async () => {
    const { id, name } = await add({ configuration: { kept: '1', replaced: '2', removed: '3' } });
    const answer = await save(id, request({ name, configuration: { kept: null, replaced: 'two', added: '' } }));
    expect(answer.json()).toMatchObject({ configurationKeys: ['kept', 'replaced', 'added'] });
    expect(await stored(id)).toEqual({ kept: '1', replaced: 'two', added: '' });
    await save(id, request({ name }));
    expect(await stored(id)).toEqual({});
  });

  test('with a null that has nothing to keep is refused whole', async () => {
    const { id, name } = await add({ configuration: { a: '1' } });
    expect(refusalOf(await save(id, request({ name, description: 'new', configuration: { a: '2', b: null } })))).toEqual([400, 6001]);
    expect(await stored(id)).toEqual({ a: '1' });
    expect((await get(id)).description).toBe('');
  });

  test('may have names like those of every object', async () => {
    const { id, name } = await add({ configuration: { constructor: 'c', toString: 't' } });
    await save(id, request({ name, configuration: { constructor: null, hasOwnProperty: 'h' } }));
    expect(await stored(id)).toEqual({ constructor: 'c', hasOwnProperty: 'h' });
    expect(refusalOf(await save(id, request({ name, configuration: { valueOf: null } })))).toEqual([400, 6001]);
  });
});

describe('deleting a provider that secrets use', () => {
  test('is refused, and names algorithms and variables, up to ten, then a count', async () => {
    const { id } = await add({ name: 'Used' });
    for (let i = 0; i < 12; i++) await putSecretOn(id, `USED_${i}`);
    const answer = await remove(id);
    expect(refusalOf(answer)).toEqual([409, 2015]);
    const { message } = answer.json<{ error: { message: string } }>().error;
    expect(message).toMatch(/12 secrets use Used: ana\/main USED_0, ana\/main USED_1, .*ana\/main USED_9 and 2 more/);
    await api.query(`DELETE FROM secrets WHERE provider_id = $1 AND secret_key <> 'USED_3'`, [id]);
    expect((await remove(id)).text).toMatch(/A secret uses Used: ana\/main USED_3\./);
    await api.query('DELETE FROM secrets WHERE provider_id = $1', [id]);
    expect((await remove(id)).status).toBe(204);
  });

  test('is done when the last of them was removed, though it could still come back', async () => {
    const { id } = await add();
    await putSecretOn(id, 'GOING');
    await api.query(`UPDATE secrets SET live_key = NULL, removed = now() WHERE provider_id = $1`, [id]);
    expect((await remove(id)).status).toBe(204);
  });
});
