import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromBuffer, type Entry } from 'yauzl';
import { PluginScene } from '@/e2e/support/plugin-scene';
import { refusalOf } from '@/e2e/support/secrets';
import { jarForm } from '@/e2e/support/upload';
import { moduleOf, type JarName } from '@/lib/plugins/host/testing/clients';
import { classBytes } from '@/lib/plugins/inspect/testing/class-bytes';
import { moduleBytes } from '@/lib/plugins/inspect/testing/modules';
import { zipBytes, type Part } from '@/lib/plugins/inspect/testing/zip-bytes';
import type { KeptModule, LooseModule, ProviderView, TestLine } from '@/lib/schemas/provider';

// What the forms of providers ask of the API, beside what scripts do.

let scene: PluginScene;
beforeAll(async () => {
  scene = await PluginScene.start();
});
afterAll(() => scene?.end());

const admin = () => ({ as: scene.api.admin });
const pluginAt = (id: string) => `/v1/admin/plugins/secret-provider/${id}`;
const loose = async (bytes: Buffer, fileName: string) => (await scene.api.call('POST', pluginAt('module'), { ...admin(), ...jarForm(bytes, fileName) })).json<LooseModule>();
const bytesOf = (name: JarName) => readFileSync(moduleOf(name).jar);
const add = async (body: unknown) => (await scene.api.call('POST', '/v1/admin/secret-provider', { ...admin(), body })).json<ProviderView>();
const choose = async (id: string, body: unknown) => (await scene.api.call('POST', `${pluginAt(id)}/module`, { ...admin(), body })).json<ProviderView>();

async function tested(path: string, body?: unknown): Promise<TestLine[]> {
  const { text } = await scene.api.call('POST', path, { ...admin(), body });
  return text.trimEnd().split('\n').map((line) => JSON.parse(line) as TestLine);
}

/** The entries of an archive, to put it together anew with more of them. */
function partsOf(bytes: Buffer): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (fault, archive) => {
      if (fault) return reject(fault);
      const parts: Part[] = [];
      archive.on('error', reject);
      archive.on('end', () => resolve(parts));
      archive.on('entry', (entry: Entry) => {
        archive.openReadStream(entry, (refused, stream) => {
          if (refused) return reject(refused);
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            parts.push({ name: entry.fileName, content: Buffer.concat(chunks) });
            archive.readEntry();
          });
        });
      });
      archive.readEntry();
    });
  });
}

describe('a module whose classes are too new for this server’s Java', () => {
  const needs = /built for Java \d+, and this server runs plugins with Java \d+[\d.+]*: it can’t be started\. Install Java \d+ or later .* SECRET_STORE_JAVA/;

  test('says so in the answer to its upload, before a provider is saved', async () => {
    const uploaded = await loose(bytesOf('too-new'), 'too-new.jar');
    expect(uploaded.javaProblem).toMatch(needs);
    expect(uploaded.candidates).toMatchObject([{ usable: true }]);
    expect((await loose(bytesOf('file-store'), 'file-store.jar')).javaProblem).toBe('');
  });

  test('says so in the answer to the upload for a provider, in its status and in its test, and nowhere as a stack trace', async () => {
    const { id, status } = await scene.provider('too-new', {});
    expect(status).toMatchObject({ state: 'failing', message: expect.stringMatching(needs) as string });
    const lines = await tested(`${pluginAt(id)}/test`);
    const failed = lines.find(({ state }) => state === 'failed');
    expect(`${failed?.message} ${failed?.cure}`).toMatch(/Java \d+/);
    expect(JSON.stringify(lines)).not.toMatch(/\bat [a-z]+\.|Exception in thread/);
    expect(refusalOf(await scene.create(id))).toEqual([502, 8009]);
    const [kept] = (await scene.api.call('GET', `/v1/admin/secret-provider/${id}/modules`, admin())).json<KeptModule[]>();
    expect(kept?.javaProblem).toMatch(needs);
  });

  test('is only warned of where the factory fits and something else does not', async () => {
    const { javaProblem } = await loose(moduleBytes([{ name: 'com/example/Newer.class', content: classBytes({ name: 'com/example/Newer', major: 44 + 90 }) }]), 'newer.jar');
    expect(javaProblem).toMatch(/^Some of its classes were built for Java 90/);
  });
});

test('the same bytes under a second name have the name of this upload, for this provider alone', async () => {
  const bytes = moduleBytes([{ name: 'renamed.txt', content: 'renamed' }]);
  const { sha256 } = await loose(bytes, 'first-name.jar');
  const first = await add({ name: 'First name', factoryClassName: 'com.example.Factory' });
  expect((await choose(first.id, { sha256, fileName: 'first-name.jar' })).moduleName).toBe('first-name.jar');
  const second = await add({ name: 'Second name', factoryClassName: 'com.example.Factory' });
  expect((await loose(bytes, 'second-name.jar')).fileName).toBe('second-name.jar');
  // Without a name of its own it has the one of the latest upload.
  expect((await choose(second.id, { sha256 })).moduleName).toBe('second-name.jar');
  expect((await choose(first.id, { sha256, fileName: 'third-name.jar' })).moduleName).toBe('third-name.jar');
  const history = (await scene.api.call('GET', `/v1/admin/secret-provider/${first.id}/modules`, admin())).json<KeptModule[]>();
  expect(history.map(({ fileName, isCurrent }) => [fileName, isCurrent])).toEqual([['third-name.jar', true]]);
  // Going back, as from the list of earlier modules, keeps the name that it has there.
  expect((await choose(first.id, { sha256 })).moduleName).toBe('third-name.jar');
  expect((await scene.api.call('GET', `/v1/admin/secret-provider/${second.id}`, admin())).json<ProviderView>().moduleName).toBe('second-name.jar');
});

test('a form learns that a provider can be removed without what waits in its backend, and only then', async () => {
  const form = { ...admin(), headers: { 'x-secret-store-form': '1' } };
  const { id } = await scene.fileStore();
  const at = `/v1/admin/secret-provider/${id}`;
  const fieldsOf = (answer: { json<T>(): T }) => answer.json<{ error: { fields?: Record<string, string> } }>().error.fields;
  const made = (await scene.create(id)).json();
  expect(fieldsOf(await scene.api.call('DELETE', at, form))).toBeUndefined();
  await scene.remove(String(made.id), '?forget=true');
  await scene.api.query(
    `INSERT INTO secret_intents (id, kind, provider_id, algorithm_id, secret_id, provider_key, due) VALUES (gen_random_uuid(), 'delete', $1, $2, gen_random_uuid(), 'x', now() + interval '1 hour')`,
    [id, scene.algorithm],
  );
  expect(fieldsOf(await scene.api.call('DELETE', at, form))).toEqual({ forget: 'An entry waits to be deleted' });
  expect((await scene.api.call('DELETE', `${at}?forget=true`, form)).status).toBe(204);
});

test('the test of a provider whose backend keeps deleted entries says where its own is, and another’s says nothing of it', async () => {
  const azure = 'com/azure/security/keyvault/secrets/SecretClient';
  const bytes = zipBytes([...(await partsOf(bytesOf('file-store'))), { name: `${azure}.class`, content: classBytes({ name: azure }) }]);
  const folder = scene.folder();
  const request = { name: 'Keeps what is deleted', factoryClassName: moduleOf('file-store').factory, configuration: { folder }, settings: { writablePaths: [folder] } };
  const deleted = (lines: TestLine[]) => lines.find(({ step, state }) => step === 'delete' && state === 'ok')?.message;
  const { sha256, notes } = await loose(bytes, 'keeps-deleted.jar');
  expect(notes).toEqual([expect.stringContaining('keeps deleted secrets')]);
  expect(deleted(await tested(pluginAt('test'), { ...request, moduleSha256: sha256 }))).toContain('keeps it among its deleted secrets');
  const plain = await loose(bytesOf('file-store'), 'file-store.jar');
  expect(deleted(await tested(pluginAt('test'), { ...request, moduleSha256: plain.sha256 }))).toBe('');
});
