import http from 'node:http';
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PluginScene } from '@/e2e/support/plugin-scene';
import { refusalOf } from '@/e2e/support/secrets';
import { jarForm } from '@/e2e/support/upload';
import { moduleOf, type JarName } from '@/lib/plugins/host/testing/clients';
import { writeHealth } from '@/lib/providers/health';
import { removeLooseModules } from '@/lib/providers/loose-modules';
import { testSteps, type LooseModule, type ProviderHealthView, type ProviderView, type TestLine } from '@/lib/schemas/provider';

let scene: PluginScene;
beforeAll(async () => {
  scene = await PluginScene.start();
});
afterAll(() => scene?.end());

const admin = () => ({ as: scene.api.admin });
const at = (id: string) => `/v1/admin/secret-provider/${id}`;
const pluginAt = (id: string) => `/v1/admin/plugins/secret-provider/${id}`;
const save = (id: string, body: unknown) => scene.api.call('POST', at(id), { ...admin(), body });
const add = (body: unknown) => scene.api.call('POST', '/v1/admin/secret-provider', { ...admin(), body });
const loose = (name: JarName) => scene.api.call('POST', pluginAt('module'), { ...admin(), ...jarForm(readFileSync(moduleOf(name).jar), `${name}.jar`) });
const messageOf = (answer: { json<T>(): T }) => answer.json<{ error: { message: string } }>().error.message;

async function get(id: string): Promise<ProviderView> {
  await writeHealth();
  return (await scene.api.call('GET', at(id), admin())).json<ProviderView>();
}

const health = async (id: string) => (await scene.api.call('GET', `${at(id)}/health`, admin())).json<ProviderHealthView>();
const linesOf = (text: string) => text.trimEnd().split('\n').map((line) => JSON.parse(line) as TestLine);
/** How each step of a test ended. */
const ends = (lines: TestLine[]) => Object.fromEntries(lines.filter(({ state }) => state !== 'running').map(({ step, state }) => [step, state]));
const allOk = { ...Object.fromEntries(testSteps.map((step) => [step, 'ok'])), end: 'ok' };

async function tested(path: string, body?: unknown): Promise<TestLine[]> {
  const answer = await scene.api.call('POST', path, { ...admin(), body });
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: answer.text });
  return linesOf(answer.text);
}

describe('the settings of a provider', () => {
  const settings = {
    heapMb: 96, jvmOptions: ['-Dvault.region=eu'], httpsProxy: 'proxy.example.com:3128', proxyExceptions: ['*.internal'], callTimeoutSeconds: 5,
    connectTimeoutSeconds: 2, readTimeoutSeconds: 4, azureAuthorityHost: 'https://login.microsoftonline.us/', readablePaths: ['/etc/ssl'], writablePaths: ['/srv/x'],
  };

  test('are kept as sent, shown, kept by an update without them, and replaced by one with them', async () => {
    const request = { name: 'Settled', factoryClassName: 'x.Y', settings };
    const { id, settings: shown } = (await add(request)).json<ProviderView>();
    expect(shown).toEqual(settings);
    expect((await save(id, { name: 'Settled', factoryClassName: 'x.Y' })).json<ProviderView>().settings).toEqual(settings);
    expect((await save(id, { ...request, settings: { heapMb: 32 } })).json<ProviderView>().settings).toEqual({ heapMb: 32 });
    expect((await add({ name: 'Without', factoryClassName: 'x.Y' })).json<ProviderView>().settings).toEqual({});
  });

  test.each([
    [{ heapMb: 1 }, 'settings.heapMb'], [{ heapMb: '64' }, 'settings.heapMb'], [{ unknown: 1 }, 'unknown'], [{ jvmOptions: ['-javaagent:/tmp/x.jar'] }, 'settings.jvmOptions'],
    [{ jvmOptions: ['-Xmx9g'] }, 'heap'], [{ jvmOptions: ['-XX:OnError=sh'] }, 'settings.jvmOptions'], [{ httpsProxy: 'proxy' }, 'HOST:PORT'], [{ httpsProxy: 'proxy:99999' }, 'settings.httpsProxy'],
    [{ httpsProxy: 'http://user:words@proxy:1' }, 'settings.httpsProxy'], [{ extraCaPem: 'no certificate' }, 'PEM'],
    [{ extraCaPem: '-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----' }, 'PEM'], [{ extraCaPem: '-----BEGIN CERTIFICATE-----\nMC4=\n-----END CERTIFICATE-----' }, 'cannot be read'],
    [{ readablePaths: ['/'] }, 'settings.readablePaths has /,'], [{ writablePaths: ['/proc/self/root'] }, 'settings.writablePaths'],
    [{ readablePaths: ['relative'] }, 'absolute'], [{ readablePaths: ['/a/../etc'] }, 'absolute'], [{ azureAuthorityHost: 'http://login' }, 'https'], [{ callTimeoutSeconds: 0 }, 'settings.callTimeoutSeconds'],
  ])('%j is refused', async (bad, says) => {
    const answer = await add({ name: 'Refused', factoryClassName: 'x.Y', settings: bad });
    expect(refusalOf(answer)).toEqual([400, 6001]);
    expect(messageOf(answer)).toContain(says);
  });

  test('open nothing of the product’s own data', async () => {
    const data = process.env.SECRET_STORE_DATA_DIR ?? '';
    for (const settings of [{ readablePaths: [data] }, { writablePaths: [path.join(data, 'server')] }, { readablePaths: [path.join(data, 'server', 'keyring.json')] }, { readablePaths: [path.dirname(data)] }]) {
      const answer = await add({ name: 'Refused', factoryClassName: 'x.Y', settings });
      expect(refusalOf(answer)).toEqual([400, 6001]);
      expect(messageOf(answer)).toContain('keeps its own data there');
    }
  });

  test('the built-in provider takes none', async () => {
    const builtIn = (await scene.api.call('GET', at(scene.api.internalProvider), admin())).json<ProviderView>();
    const answer = await save(builtIn.id, { name: builtIn.name, factoryClassName: builtIn.factoryClassName, isDefault: true, settings: { heapMb: 64 } });
    expect(refusalOf(answer)).toEqual([403, 8005]);
  });
});

describe('a provider with a plugin', () => {
  test('takes secrets with its new configuration at once, and goes on with the old one where a key is null', async () => {
    const { id, folder, request } = await scene.fileStore();
    await scene.create(id, { secret_value: 'one' });
    const other = scene.folder();
    const settings = { writablePaths: [folder, other] };
    expect((await save(id, { ...request, configuration: { folder: null }, settings })).status).toBe(200);
    await scene.create(id, { secret_value: 'two' });
    expect((await save(id, { ...request, configuration: { folder: other }, settings })).status).toBe(200);
    await scene.create(id, { secret_value: 'three' });
    expect([scene.entries(folder), scene.entries(other)].map((entries) => Object.values(entries).toSorted())).toEqual([['one', 'two'], ['three']]);
  });

  test('says how it is: not used yet, well, failing with its reason, well again', async () => {
    const { id, folder, request } = await scene.fileStore();
    await expect.poll(async () => (await get(id)).status.state).toBe('ok');
    await scene.create(id);
    expect(await get(id)).toMatchObject({ status: { state: 'ok' }, usedBy: 1, lastError: { message: '', at: '' }, capabilities: { create: true, update: true, delete: true } });
    chmodSync(folder, 0o500);
    await scene.create(id);
    chmodSync(folder, 0o700);
    const failing = await get(id);
    expect(failing).toMatchObject({ status: { state: 'failing', since: failing.lastError.at }, lastError: { message: failing.status.message } });
    expect(failing.status.message).toContain('AccessDenied');
    await scene.create(id);
    expect(await get(id)).toMatchObject({ status: { state: 'ok' }, lastError: failing.lastError });
    // A new configuration is another provider as far as its health goes.
    await save(id, { ...request, isEnabled: true, configuration: { folder, allows_update: 'false' } });
    expect((await get(id)).lastError).toEqual({ message: '', at: '' });
    await expect.poll(async () => (await get(id)).capabilities).toEqual({ create: true, update: false, delete: true });
  });

  test('shows a day in half hours, how it is contained, and what its plugin printed, without values', async () => {
    const { id } = await scene.provider('hostile', { what: 'print-error', when: 'createSecret', limit: '1', text: 'kept-out-of-the-log' });
    await scene.create(id, { secret_value: 'the-value' });
    const shown = await health(id);
    expect(shown.halfHours).toHaveLength(48);
    expect(shown.halfHours.reduce((sum, { good }) => sum + good, 0)).toBeGreaterThan(0);
    expect(shown.halfHours.at(-1)?.good).toBeGreaterThan(0);
    expect(new Set(shown.halfHours.map(({ at: time }) => new Date(time).getTime() % 1_800_000))).toEqual(new Set([0]));
    expect(shown.containment.protects.length).toBeGreaterThan(0);
    expect(shown.containment.doesNot.length).toBeGreaterThan(0);
    expect(shown.output).toContain('•••');
    expect(shown.output).not.toContain('kept-out-of-the-log');
  });

  test('is not deleted while secrets use it, nor while its backend still has entries to delete', async () => {
    const { id, folder } = await scene.fileStore();
    const made = (await scene.create(id, { secret_key: 'IN_THE_WAY' })).json();
    const used = await scene.api.call('DELETE', at(id), admin());
    expect(refusalOf(used)).toEqual([409, 2015]);
    expect(messageOf(used)).toContain('ana/main IN_THE_WAY');
    expect((await scene.remove(String(made.id), '?forget=true')).status).toBe(204);
    await scene.api.query(
      `INSERT INTO secret_intents (id, kind, provider_id, algorithm_id, secret_id, provider_key, due) VALUES (gen_random_uuid(), 'delete', $1, $2, gen_random_uuid(), 'x', now() + interval '1 hour')`,
      [id, scene.algorithm],
    );
    const waiting = await scene.api.call('DELETE', at(id), admin());
    expect(refusalOf(waiting)).toEqual([409, 2015]);
    expect(messageOf(waiting)).toContain('forget=true');
    expect((await scene.api.call('DELETE', `${at(id)}?forget=true`, admin())).status).toBe(204);
    expect(await scene.intents()).toEqual([]);
    expect(Object.keys(scene.entries(folder))).toHaveLength(1);
  });
});

describe('"Test provider"', () => {
  test('goes through every step, leaves nothing behind, and is kept', async () => {
    const { id, folder, moduleSha256 } = await scene.fileStore();
    const lines = await tested(`${pluginAt(id)}/test`);
    expect(lines.map(({ step, state }) => `${step} ${state}`)).toEqual([...testSteps.flatMap((step) => [`${step} running`, `${step} ok`]), 'end ok']);
    expect(lines.find(({ step, state }) => step === 'start' && state === 'ok')?.message).toMatch(/^Java \d+/);
    expect(scene.entries(folder)).toEqual({});
    expect(await scene.intents()).toEqual([]);
    expect((await health(id)).lastTest).toMatchObject({ by: 'root', moduleSha256, lines: lines.filter(({ state }) => state !== 'running') });
    expect(await scene.eventsOf(id)).toContain('provider.test done');
  });

  test('sends each step when it begins, not all at the end', async () => {
    const { id } = await scene.provider('hostile', { what: 'hang', when: 'createSecret' }, { settings: { callTimeoutSeconds: 3 } });
    const times: { step: string; at: number }[] = [];
    await new Promise<void>((resolve, reject) => {
      const request = http.request(`${scene.api.url}${pluginAt(id)}/test`, { method: 'POST', headers: { authorization: `Simple ${scene.api.admin.key}` } }, (response) => {
        expect(response.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
        response.on('data', (chunk: Buffer) => linesOf(chunk.toString('utf8')).forEach(({ step, state }) => times.push({ step: `${step} ${state}`, at: performance.now() })));
        response.on('end', resolve);
      });
      request.on('error', reject);
      request.end();
    });
    const when = (step: string) => times.find((each) => each.step === step)?.at ?? 0;
    expect(when('create failed') - when('create running')).toBeGreaterThan(2_000);
    expect(times.at(-1)?.step).toBe('end failed');
  });

  test('that is left in the middle ends, and leaves nothing behind', async () => {
    const { id, folder } = await scene.fileStore();
    for (const stopAt of ['start running', 'create running', 'version running', 'update running']) {
      await new Promise<void>((resolve, reject) => {
        const request = http.request(`${scene.api.url}${pluginAt(id)}/test`, { method: 'POST', headers: { authorization: `Simple ${scene.api.admin.key}` } }, (response) => {
          response.on('data', (chunk: Buffer) => {
            if (linesOf(chunk.toString('utf8')).some(({ step, state }) => `${step} ${state}` === stopAt)) request.destroy();
          });
          response.on('error', () => resolve());
          response.on('close', () => resolve());
        });
        request.on('error', (error) => (request.destroyed ? resolve() : reject(error)));
        request.end();
      });
    }
    await expect.poll(() => scene.entries(folder), { timeout: 15_000 }).toEqual({});
    await expect.poll(() => scene.intents(), { timeout: 15_000 }).toEqual([]);
  });

  test.each<[string, Record<string, string>, Partial<Record<string, string>>]>([
    ['stores nothing', { allows_create: 'false' }, { create: 'skipped', deleteAgain: 'skipped', end: 'ok' }],
    ['changes nothing', { allows_update: 'false' }, { create: 'ok', update: 'skipped', versionChanged: 'skipped', delete: 'ok', end: 'ok' }],
    ['deletes nothing', { allows_delete: 'false' }, { create: 'skipped', end: 'ok' }],
  ])('leaves out what a provider that %s does not allow', async (_what, configuration, expected) => {
    const { id, folder } = await scene.fileStore(configuration);
    expect(ends(await tested(`${pluginAt(id)}/test`))).toMatchObject({ ...expected, start: 'ok' });
    expect(scene.entries(folder)).toEqual({});
  });

  test.each<[string, string]>([
    ['create-forgets', 'create'], ['update-forgets', 'update'], ['version-stays', 'versionChanged'], ['delete-forgets', 'delete'],
  ])('finds a provider out that is wrong in this way: %s', async (wrong, step) => {
    const { id } = await scene.provider('wrong', { wrong });
    // It is started once when its module is there, and that works.
    await expect.poll(async () => (await get(id)).status.state, { timeout: 20_000 }).toBe('ok');
    const lines = await tested(`${pluginAt(id)}/test`);
    expect(ends(lines)).toMatchObject({ [step]: 'failed', end: 'failed' });
    expect((await health(id)).lastTest?.lines.at(-1)?.state).toBe('failed');
    // Also where its plugin answered everything: one that answers wrongly is not well.
    expect((await get(id)).status).toMatchObject({ state: 'failing', message: expect.stringContaining(lines.find(({ state }) => state === 'failed')?.message ?? '') });
  });

  test('says what to do when the plugin does not start', async () => {
    const { id } = await scene.provider('file-store', { folder: '/nonexistent-folder' });
    const lines = await tested(`${pluginAt(id)}/test`);
    expect(ends(lines)).toMatchObject({ start: 'failed', create: 'skipped', end: 'failed' });
    expect(lines.find(({ state }) => state === 'failed')?.message).toContain('folder');
    expect(refusalOf(await scene.api.call('POST', `${pluginAt(scene.api.internalProvider)}/test`, admin()))).toEqual([400, 2015]);
  });
});

describe('before a provider is saved', () => {
  test('its module is uploaded, looked into and tested; then it is given to the provider', async () => {
    const uploaded = await loose('file-store');
    expect(uploaded.status).toBe(200);
    const { sha256, candidates } = uploaded.json<LooseModule>();
    const [factory] = candidates.filter(({ usable }) => usable);
    expect(factory).toMatchObject({ className: 'com.example.filestore.FileStoreFactory' });
    expect(factory?.configurationKeys).toContain('folder');
    const folder = scene.folder();
    const request = { name: 'Not yet', factoryClassName: factory?.className, configuration: { folder }, settings: { writablePaths: [folder] } };
    expect(ends(await tested(pluginAt('test'), { ...request, moduleSha256: sha256 }))).toEqual(allOk);
    expect(scene.entries(folder)).toEqual({});
    const { id } = (await add(request)).json<ProviderView>();
    const given = await scene.api.call('POST', `${pluginAt(id)}/module`, { ...admin(), body: { sha256 } });
    expect(given.json<ProviderView>()).toMatchObject({ id, moduleSha256: sha256, moduleName: 'file-store.jar' });
    expect((await scene.create(id)).status).toBe(200);
    // The form of a saved provider: values that are kept are not sent.
    expect(ends(await tested(pluginAt('test'), { ...request, configuration: { folder: null }, providerId: id }))).toEqual(allOk);
    expect((await get(id)).configurationKeys).toEqual(['folder']);
  });

  test('a test without a module, with one that is not stored, or with a null that nothing is stored for, is refused or fails', async () => {
    const request = { name: 'Not yet', factoryClassName: 'x.Y' };
    expect(refusalOf(await scene.api.call('POST', pluginAt('test'), { ...admin(), body: request }))).toEqual([400, 2015]);
    expect(refusalOf(await scene.api.call('POST', pluginAt('test'), { ...admin(), body: { ...request, moduleSha256: 'a'.repeat(64), configuration: { a: null } } }))).toEqual([400, 6001]);
    expect(ends(await tested(pluginAt('test'), { ...request, moduleSha256: 'a'.repeat(64) }))).toMatchObject({ start: 'failed', end: 'failed' });
  });

  test('a module that no provider takes is gone after an hour, and one that is used is not', async () => {
    const used = await scene.provider('wrong', {});
    const { sha256 } = (await loose('hostile')).json<LooseModule>();
    await scene.api.query('DELETE FROM provider_modules WHERE sha256 = $1', [sha256]);
    await scene.api.query('UPDATE providers SET module_sha256 = NULL WHERE module_sha256 = $1', [sha256]);
    await removeLooseModules();
    const hashes = async () => (await scene.api.query<{ sha256: string }>('SELECT sha256 FROM modules')).map((row) => row.sha256);
    expect(await hashes()).toContain(sha256);
    await scene.api.query(`UPDATE modules SET created = now() - interval '2 hours'`);
    await removeLooseModules();
    expect(await hashes()).not.toContain(sha256);
    expect(await hashes()).toContain(used.moduleSha256);
  });
});
