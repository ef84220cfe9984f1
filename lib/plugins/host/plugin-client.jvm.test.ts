import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testProvider, type TestStep } from './provider-test';
import { TestClients, type TestClientOptions } from './testing/clients';

let clients: TestClients;
beforeEach(() => {
  clients = new TestClients();
});
afterEach(() => clients.end());

/** A provider that keeps its entries in files of a folder. */
async function fileStore(configuration: Record<string, string> = {}, options: TestClientOptions = {}) {
  const store = path.join(clients.folder, 'store');
  mkdirSync(store, { recursive: true });
  return { store, client: await clients.make('file-store', { folder: store, ...configuration }, options) };
}

async function stepsOf(client: Parameters<typeof testProvider>[0]): Promise<TestStep[]> {
  const steps: TestStep[] = [];
  for await (const step of testProvider(client)) steps.push(step);
  return steps;
}

const shortly = (steps: TestStep[]) => steps.map(({ name, status }) => `${name}: ${status}`);

describe('a provider that keeps the contract', () => {
  test('a secret lives through create, version, value, update and delete', async () => {
    const { client } = await fileStore({ secret_ttl: '7' });
    expect(await client.capabilities()).toEqual({ ttl: 0, allowsCreate: true, allowsUpdate: true, allowsDelete: true });
    const value = 'Zwölf Boxkämpfer\n  🔑 "quoted" \\ and \t tabs  ';
    const { providerKey, version } = await client.createSecret(value);
    expect(await client.getSecretVersion(providerKey)).toBe(version);
    expect(await client.getSecret(providerKey)).toEqual({ value, ttl: 7 });
    const updated = await client.updateSecret(providerKey, '');
    expect(updated.version).not.toBe(version);
    expect(await client.getSecret(providerKey)).toEqual({ value: '', ttl: 7 });
    expect(Date.parse((await client.secretLastUpdated(providerKey)) ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(await client.deleteSecret(providerKey)).toBe(true);
    expect(await client.deleteSecret(providerKey)).toBe(false);
    await expect(client.getSecret(providerKey)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('the test of a provider passes all steps and leaves nothing behind', async () => {
    const { client, store } = await fileStore();
    expect(shortly(await stepsOf(client))).toEqual([
      'start: passed', 'create provider: passed', 'create entry: passed', 'version: passed', 'update: passed', 'version changed: passed', 'delete: passed', 'delete again: passed',
    ]);
    expect(readdirSync(store)).toEqual([]);
  });

  test('the test does what a provider allows', async () => {
    const { client, store } = await fileStore({ allows_update: 'false' });
    expect(shortly(await stepsOf(client)).slice(3)).toEqual(['version: passed', 'update: skipped', 'version changed: skipped', 'delete: passed', 'delete again: passed']);
    const { client: keeping } = await fileStore({ allows_delete: 'false' });
    expect(shortly(await stepsOf(keeping)).slice(2).every((step) => step.endsWith('skipped'))).toBe(true);
    expect(readdirSync(store)).toEqual([]);
  });

  test('a test that nobody reads to its end leaves nothing behind', async () => {
    const { client, store } = await fileStore();
    for await (const step of testProvider(client)) if (step.name === 'create entry') break;
    expect(readdirSync(store)).toEqual([]);
  });

  test('another configuration is taken by the running process, one that is refused changes nothing', async () => {
    const { client, store } = await fileStore();
    const { providerKey } = await client.createSecret('value');
    const { pid } = client.status();
    await expect(client.create({})).rejects.toMatchObject({ kind: 'configuration' });
    expect((await client.getSecret(providerKey)).ttl).toBe(0);
    await client.create({ folder: store, secret_ttl: '60' });
    expect((await client.getSecret(providerKey)).ttl).toBe(60);
    expect(client.status().pid).toBe(pid);
  });

  test('a process that is asked nothing ends, and the next call starts it again', async () => {
    const { client } = await fileStore({}, { settings: { idleMs: 300 } });
    const { providerKey } = await client.createSecret('value');
    await expect.poll(() => clients.events.at(-1)?.type, { timeout: 10_000 }).toBe('ended');
    expect(client.status().state).toBe('stopped');
    expect((await client.getSecret(providerKey)).value).toBe('value');
  });
});

describe('a provider that does not do what it says', () => {
  const wrong = (how: string) => clients.make('wrong', { wrong: how });

  test('a value that was not stored fails the create, with the key of what may be there', async () => {
    const client = await wrong('create-forgets');
    const failure = client.createSecret('value');
    await expect(failure).rejects.toMatchObject({ kind: 'readback', reached: true, cure: expect.stringContaining('token') });
    await expect(failure).rejects.toHaveProperty('providerKey', expect.stringMatching(/./));
  });

  test('a value that was not replaced fails the update', async () => {
    const client = await wrong('update-forgets');
    const { providerKey } = await client.createSecret('value');
    await expect(client.updateSecret(providerKey, 'other')).rejects.toMatchObject({ kind: 'readback', providerKey });
  });

  test.each([
    ['create-forgets', 'create entry', 'create entry: failed'],
    ['update-forgets', 'update', 'update: failed'],
    ['version-stays', 'version changed', 'version changed: failed'],
    ['version-wanders', 'version', 'version: failed'],
    ['delete-forgets', 'delete again', 'delete again: failed'],
    ['delete-throws-not-found', 'delete again', 'delete again: failed'],
    ['null-provider', 'create provider', 'create provider: failed'],
  ])('the test shows %s at the step "%s"', async (how, name, expected) => {
    const steps = await stepsOf(await wrong(how));
    expect(shortly(steps)).toContain(expected);
    const step = steps.find((each) => each.name === name);
    expect(step?.message).toMatch(/\w{3,}/);
    expect(steps).toHaveLength(8);
  });

  test.each(['null-identifier', 'null-key', 'empty-key'])('%s is an error of the plugin', async (how) => {
    await expect((await wrong(how)).createSecret('value')).rejects.toMatchObject({ kind: 'plugin' });
  });

  test('a version of null is taken as it is', async () => {
    const client = await wrong('null-version');
    const { providerKey, version } = await client.createSecret('value');
    expect(version).toBeNull();
    expect(await client.updateSecret(providerKey, 'other')).toEqual({ version: null });
  });
});

describe('a module that does not fit', () => {
  test('a class file that is too new says which Java it needs', async () => {
    const client = await clients.make('too-new', {});
    await expect(client.capabilities()).rejects.toMatchObject({ kind: 'link', cure: expect.stringMatching(/Java \d+ or later/), reached: true });
  });

  test('a missing class is said to be missing', async () => {
    const client = await clients.make('missing-class', {});
    const call = client.createSecret('value').then(({ providerKey }) => client.getSecret(providerKey));
    await expect(call).rejects.toMatchObject({ kind: 'link', message: expect.stringContaining('fat JAR') });
  });

  test('one built against another SDK says so', async () => {
    const client = await clients.make('old-sdk', {});
    const call = client.updateSecret('only', 'value');
    await expect(call).rejects.toMatchObject({ kind: 'link', message: expect.stringContaining('plugin-sdk') });
  });

  test.each(['NotAFactory', 'AbstractFactory', 'InterfaceFactory', 'NeedsArgument', 'NotPublic', 'ThrowingConstructor', 'StaticInitialiser', 'DoesNotExist'])('the factory class %s is refused with its name or reason', async (name) => {
    const client = await clients.make('factories', {}, { factory: `com.example.factories.${name}` });
    await expect(client.capabilities()).rejects.toMatchObject({ kind: 'factory', message: expect.stringMatching(/factor|class|Exception|Error/i) });
  });

  test('a JAR that is not the one that was uploaded is not loaded', async () => {
    const client = await clients.make('file-store', {}, { overrides: { module: { jar: path.join(process.cwd(), 'plugins/contract-tests/target/jars/file-store.jar'), sha256: '0'.repeat(64), factory: 'com.example.filestore.FileStoreFactory' } } });
    await expect(client.capabilities()).rejects.toMatchObject({ kind: 'module', message: expect.stringContaining('SHA-256') });
  });
});
