import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePerson, type Person } from '@/e2e/support/api';
import { markedText, marksIn } from '@/e2e/support/canary';
import { PluginScene } from '@/e2e/support/plugin-scene';
import { refusalOf } from '@/e2e/support/secrets';
import { jarForm } from '@/e2e/support/upload';
import { goodParts, manifest } from '@/lib/plugins/inspect/testing/modules';
import { zipBytes } from '@/lib/plugins/inspect/testing/zip-bytes';
import { recordFailure, recordSuccess, writeHealth } from '@/lib/providers/health';
import type { KeptModule, ProviderHealthView, ProviderLog, ProviderUsers, ProviderView } from '@/lib/schemas/provider';

// What the page of a provider is made of, as the API answers it.

let scene: PluginScene;
let vera: Person;
beforeAll(async () => {
  scene = await PluginScene.start();
  vera = await makePerson('vera', { isClusterViewer: true });
});
afterAll(() => scene?.end());

let count = 0;
const at = (id: string, part = '') => `/v1/admin/secret-provider/${id}${part}`;
const get = async <T>(id: string, part = '') => {
  const answer = await scene.api.call('GET', at(id, part), { as: vera });
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: answer.text });
  return answer.json<T>();
};
const addSmall = async () => (await scene.api.call('POST', at('').replace(/\/$/, ''), { as: scene.api.admin, body: { name: `Small ${++count}`, factoryClassName: 'com.example.Factory' } })).json<ProviderView>();
const uploadSmall = (id: string, title: string) =>
  scene.api.call('POST', `/v1/admin/plugins/secret-provider/${id}`, { as: scene.api.admin, ...jarForm(zipBytes([manifest(`Implementation-Title: ${title}`, 'Implementation-Version: 1.0'), ...goodParts().slice(1)]), `${title}.jar`) });

describe('the modules of a provider', () => {
  test('are each that it had, the newest first, with what was found in it; any of them is taken again', async () => {
    const { id } = await addSmall();
    for (const title of ['first', 'second']) expect((await uploadSmall(id, title)).status).toBe(200);
    const history = await get<KeptModule[]>(id, '/modules');
    expect(history).toMatchObject([
      { fileName: 'second.jar', title: 'second', version: '1.0', isCurrent: true, uploadedBy: 'root', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size: expect.any(Number), uploaded: expect.stringMatching(/Z$/) },
      { fileName: 'first.jar', title: 'first', isCurrent: false },
    ]);
    const back = await scene.api.call('POST', `/v1/admin/plugins/secret-provider/${id}/module`, { as: scene.api.admin, body: { sha256: history[1]?.sha256 } });
    expect(back.json<ProviderView>()).toMatchObject({ moduleName: 'first.jar', moduleSha256: history[1]?.sha256 });
    expect((await get<KeptModule[]>(id, '/modules')).map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
    expect(await scene.eventsOf(id)).toContain('module.revert done');
  });

  test('are none for the built-in one', async () => {
    expect(await get(scene.api.internalProvider, '/modules')).toEqual([]);
  });
});

describe('the secrets on a provider', () => {
  test('come newest first, page by page, with the algorithm of each; what was removed does not', async () => {
    const { id } = await scene.fileStore();
    const other = String((await scene.api.call('POST', '/v1/algorithms/ana', { as: scene.ana, body: { name: 'other' } })).json().id);
    const made: string[] = [];
    for (const algorithm of [undefined, other, undefined, other]) made.push(String((await scene.create(id, {}, algorithm)).json().id));
    expect((await scene.remove(made[2] ?? '')).status).toBe(204);
    const first = await get<ProviderUsers>(id, '/secrets?limit=2');
    expect(first.results.map((each) => [each.id, each.algorithm.owner, each.algorithm.name])).toEqual([[made[3], 'ana', 'other'], [made[1], 'ana', 'other']]);
    expect(first).toMatchObject({ total: 3, algorithms: 2, next_link: expect.stringContaining('marker=') });
    const second = await scene.api.call('GET', first.next_link ?? '', { as: vera });
    expect(second.json<ProviderUsers>()).toMatchObject({ results: [{ id: made[0], algorithm: { name: 'main' } }], marker: null, next_link: null });
    expect(second.text).not.toContain('value');
  });

  test('are none of an unused one; a marker of another kind is refused', async () => {
    const { id } = await addSmall();
    expect(await get(id, '/secrets')).toEqual({ results: [], marker: null, next_link: null, total: 0, algorithms: 0 });
    for (const marker of ['x', Buffer.from('no id').toString('base64url')]) expect(refusalOf(await scene.api.call('GET', at(id, `/secrets?marker=${marker}`), { as: vera }))).toEqual([400, 6001]);
  });
});

describe('the log of a provider', () => {
  const logOf = async (id: string) => (await get<ProviderLog>(id, '/log')).printed;
  const textOf = async (id: string) => (await logOf(id)).map(({ text }) => text).join('');

  test('has what a test’s process printed, with its time, after that has ended; and no value of its configuration', async () => {
    const text = markedText();
    const { id } = await scene.provider('hostile', { what: 'print-error', when: 'createSecret', text, limit: '3' });
    const began = Math.floor(Date.now() / 1_000) * 1_000;
    await scene.api.call('POST', `/v1/admin/plugins/secret-provider/${id}/test`, { as: scene.api.admin });
    await expect.poll(() => textOf(id), { timeout: 20_000 }).toContain('•••\n•••\n•••\n');
    for (const printed of await logOf(id)) expect(Date.parse(printed.at)).toBeGreaterThanOrEqual(began);
    expect(marksIn(await textOf(id))).toEqual([]);
    // A new configuration makes a new process; what the one before printed stays to be read, and still without its value.
    await scene.api.call('POST', at(id), { as: scene.api.admin, body: { name: `Printed ${++count}`, factoryClassName: 'com.example.hostile.HostileFactory', configuration: { what: '', text: 'another' } } });
    expect(marksIn(await textOf(id))).toEqual([]);
    expect(await textOf(id)).toContain('•••');
  });

  test('is each provider’s own, and goes with it', async () => {
    const one = await scene.provider('hostile', { what: 'print-error', when: 'createSecret', text: 'one of these words', limit: '1' });
    const two = await scene.provider('hostile', { what: 'print-error', when: 'createSecret', text: 'two of these words', limit: '1' });
    await scene.create(one.id);
    await expect.poll(() => textOf(one.id), { timeout: 20_000 }).toContain('•••');
    expect(await logOf(two.id)).toEqual([]);
    expect(await logOf(scene.api.internalProvider)).toEqual([]);
    expect((await scene.api.call('DELETE', at(two.id), { as: scene.api.admin })).status).toBe(204);
    expect(refusalOf(await scene.api.call('GET', at(two.id, '/log'), { as: vera }))).toEqual([404, 8006]);
  });
});

describe('the health of a provider', () => {
  const statusOf = async (id: string) => {
    await writeHealth();
    return (await get<ProviderView>(id)).status;
  };

  test('says since when it fails: since the first failure after the last success', async () => {
    const { id } = await addSmall();
    // Not uploaded: its plugin would be started, and what comes of that be counted too.
    await scene.api.query('UPDATE providers SET module_sha256 = (SELECT sha256 FROM modules LIMIT 1) WHERE id = $1', [id]);
    recordSuccess(id, 5);
    expect((await statusOf(id)).state).toBe('ok');
    recordFailure(id, 'The backend is away.');
    const first = await statusOf(id);
    expect(first).toMatchObject({ state: 'failing', message: 'The backend is away.' });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    recordFailure(id, 'It is still away.');
    expect(await statusOf(id)).toEqual({ ...first, message: 'It is still away.' });
    recordSuccess(id, 5);
    expect((await statusOf(id)).state).toBe('ok');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    recordSuccess(id, 5);
    recordFailure(id, 'Away again.');
    recordFailure(id, 'Away again.');
    const again = await statusOf(id);
    expect([again.state, again.since > first.since]).toEqual(['failing', true]);
  });

  test('says how long calls took, and counts what came at different times together', async () => {
    const { id } = await addSmall();
    expect((await get<ProviderHealthView>(id, '/health')).milliseconds).toBeUndefined();
    for (let n = 0; n < 60; n++) recordSuccess(id, 20);
    await writeHealth();
    for (let n = 0; n < 40; n++) recordSuccess(id, 3_000);
    recordSuccess(id);
    recordFailure(id, 'x');
    const { milliseconds, halfHours } = await get<ProviderHealthView>(id, '/health');
    expect(halfHours.at(-1)).toMatchObject({ good: 61, slow: 40, failed: 1 });
    expect(Math.abs((milliseconds?.p50 ?? 0) - 20)).toBeLessThanOrEqual(2);
    expect(Math.abs((milliseconds?.p99 ?? 0) - 3_000)).toBeLessThanOrEqual(350);
  });

  test('says what its process may use, and how often its provider is made anew once that is known', async () => {
    const { id } = await scene.fileStore({ ttl: '300' }, { heapMb: 96 });
    expect(await get<ProviderHealthView>(id, '/health')).toMatchObject({ limits: { heapMb: 96, callSeconds: 10 } });
    await scene.create(id);
    expect((await get<ProviderHealthView>(id, '/health')).renewedSeconds).toBe(300);
    expect(await get<ProviderHealthView>(scene.api.internalProvider, '/health')).not.toHaveProperty('limits');
  });
});
