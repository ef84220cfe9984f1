import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '@/server/root';
import { PluginError } from './plugin-error';
import { treeOf } from './process-table';
import { moduleOf, TestClients, testContainment } from './testing/clients';

let clients: TestClients;
beforeEach(() => {
  clients = new TestClients();
});
afterEach(() => clients.end());

const started = () => clients.events.filter(({ type }) => type === 'started').length;

/** Calls, and answers the error. */
async function failing(call: Promise<unknown>): Promise<PluginError> {
  const error = await call.then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof PluginError)) throw new Error('The call did not fail as it should', { cause: error });
  return error;
}

async function fileStore() {
  const store = path.join(clients.folder, 'store');
  mkdirSync(store, { recursive: true });
  return clients.make('file-store', { folder: store });
}

describe('a host that dies under a call', () => {
  test.each(['createSecret', 'updateSecret', 'deleteSecret'] as const)('%s is never made a second time, and may have happened', async (when) => {
    const client = await clients.make('hostile', { what: 'exit', when });
    await client.capabilities();
    const call = { createSecret: () => client.createSecret('value'), updateSecret: () => client.updateSecret('key', 'value'), deleteSecret: () => client.deleteSecret('key') }[when];
    expect(await failing(call())).toMatchObject({ kind: 'killed', reached: true });
    expect(started()).toBe(1);
  });

  test('a read is made once more, on a new one', async () => {
    const client = await fileStore();
    const { providerKey } = await client.createSecret('value');
    process.kill(client.status().pid ?? 0, 'SIGKILL');
    expect((await client.getSecret(providerKey)).value).toBe('value');
    expect(started()).toBe(2);
  });

  test('a read that kills it is made once more, not again and again', async () => {
    const client = await clients.make('hostile', { what: 'exit' });
    expect((await failing(client.getSecret('any'))).kind).toBe('killed');
    expect(started()).toBe(2);
  });

  test('it was killed from outside: the log and the status say so, and the next call is answered', async () => {
    const client = await fileStore();
    await client.capabilities();
    process.kill(client.status().pid ?? 0, 'SIGKILL');
    await expect.poll(() => client.log()).toContain('was killed from outside');
    expect((await client.createSecret('value')).version).toMatch(/./);
  });
});

describe('a host that keeps failing', () => {
  test('is left alone after three times: calls fail at once, say why and when it is tried again', async () => {
    const client = await clients.make('hostile', { what: 'exit', when: 'create' });
    for (let i = 0; i < 3; i++) expect((await failing(client.capabilities())).kind).toBe('killed');
    const began = performance.now();
    const error = await failing(client.getSecret('any'));
    expect(performance.now() - began).toBeLessThan(50);
    expect(error).toMatchObject({ kind: 'unavailable', reached: false });
    expect(error.message).toMatch(/failed 3 times in a row and is tried again in \d s\. The last time: .*exit code 0/);
    expect(error.retryAt?.getTime()).toBeGreaterThan(Date.now());
    expect(client.status()).toMatchObject({ state: 'paused', lastFailure: { kind: 'unavailable' } });
    expect(clients.events.filter(({ type }) => type === 'failed')).toHaveLength(3);
  });

  test('a configuration that is refused counts, and one that is right is tried at once', async () => {
    const client = await clients.make('file-store', {});
    for (let i = 0; i < 3; i++) expect((await failing(client.capabilities())).kind).toBe('configuration');
    expect((await failing(client.capabilities())).kind).toBe('unavailable');
    mkdirSync(path.join(clients.folder, 'store'));
    expect(await client.create({ folder: path.join(clients.folder, 'store') })).toMatchObject({ allowsCreate: true });
  });

  test('errors of the plugin itself do not count', async () => {
    const client = await clients.make('hostile', { what: 'throw', text: 'no' });
    for (let i = 0; i < 10; i++) expect((await failing(client.getSecret('any'))).kind).toBe('plugin');
    expect(started()).toBe(1);
    expect(client.status().state).toBe('running');
  });
});

test('no Java is said to be missing, with what to install', async () => {
  const { findJava } = await import('../java');
  const client = await clients.make('file-store', {}, { overrides: { java: () => findJava({ path: '/nowhere' }) } });
  expect(await failing(client.capabilities())).toMatchObject({ kind: 'unavailable', cure: expect.stringContaining('apt install openjdk'), reached: false });
});

test('a host that is not built is said to be missing', async () => {
  const client = await clients.make('file-store', {}, { overrides: { hostJar: '/nowhere/host.jar' } });
  expect(await failing(client.capabilities())).toMatchObject({ message: expect.stringMatching(/host\.jar|exit code 1/) });
});

describe('with its parent', () => {
  test.each(['plain', 'own-user', 'bubblewrap'] as const)('%s: a parent that is killed takes it along', async (tier) => {
    const { tier: real } = await testContainment(tier);
    const bundle = path.join(projectRoot, 'dist', `parent-test-${process.pid}-${tier}.mjs`);
    await build({ entryPoints: [path.join(projectRoot, 'lib/plugins/host/testing/parent.ts')], outfile: bundle, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', tsconfig: path.join(projectRoot, 'tsconfig.json'), logLevel: 'warning' });
    const mark = String(1_000_000 + Math.floor(Math.random() * 9_000_000));
    const parent = spawn(process.execPath, [bundle, tier, mark], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const line = await new Promise<string>((resolve, reject) => {
        createInterface({ input: parent.stdout }).once('line', resolve);
        parent.once('exit', () => reject(new Error('The parent ended')));
      });
      const { pid, folder } = JSON.parse(line) as { pid: number; folder: string };
      const tree = treeOf(pid);
      expect(tree.length).toBeGreaterThan(0);
      parent.kill('SIGKILL');
      await expect.poll(() => tree.filter((each) => isRunning(each, mark)), { timeout: 3_000 }).toEqual([]);
      if (real === 'bubblewrap') await expect.poll(() => withMark(mark), { timeout: 3_000 }).toEqual([]);
      // Without a sandbox what it forked lives on, until the next start finds it.
      if (real === 'own-user') {
        expect(withMark(mark)).toHaveLength(1);
        const next = await clients.make('hostile', {}, { tier });
        await next.capabilities();
        expect(withMark(mark)).toEqual([]);
      }
      rmSync(folder, { recursive: true, force: true });
    } finally {
      parent.kill('SIGKILL');
      rmSync(bundle);
      for (const pid of withMark(mark)) process.kill(pid, 'SIGKILL');
    }
  });
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/** The processes that were started to sleep for so many seconds. */
function withMark(mark: string): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => new RegExp(`sleep.*${mark}`).test(commandOf(pid)) && !commandOf(pid).includes('parent-test'));
}

/** What the plugin forked is looked at by its mark. */
function isRunning(pid: number, mark: string): boolean {
  return commandOf(pid) !== '' && !commandOf(pid).includes(mark);
}

describe('several at once', () => {
  test('ten providers start, are asked and end side by side', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => fileStore()));
    const keys = await Promise.all(all.map((client) => client.createSecret('value')));
    const values = await Promise.all(all.map((client, index) => client.getSecret(keys[index]?.providerKey ?? '')));
    expect(values.every(({ value }) => value === 'value')).toBe(true);
    expect(new Set(all.map((client) => client.status().pid)).size).toBe(10);
  });

  test('a thousand calls on one are all answered', async () => {
    const client = await fileStore();
    const { providerKey } = await client.createSecret('value');
    const values = await Promise.all(Array.from({ length: 1_000 }, () => client.getSecret(providerKey)));
    expect(values.every(({ value }) => value === 'value')).toBe(true);
    expect(started()).toBe(1);
  });

  test('calls before it has started wait for the one start', async () => {
    const client = await fileStore();
    await Promise.all(Array.from({ length: 20 }, () => client.createSecret('value')));
    expect(started()).toBe(1);
  });
});

describe('an end that is wanted', () => {
  test('lets calls under way finish', async () => {
    const client = await fileStore();
    const { providerKey } = await client.createSecret('value');
    const calls = Array.from({ length: 50 }, () => client.getSecret(providerKey));
    const [values] = await Promise.all([Promise.all(calls), client.stop(5_000)]);
    expect(values).toHaveLength(50);
    expect(await failing(client.getSecret(providerKey))).toMatchObject({ kind: 'unavailable', reached: false });
  });

  test('ends one that starts, too', async () => {
    const client = await clients.make('hostile', { what: 'hang', when: 'create' });
    const call = failing(client.capabilities());
    await expect.poll(() => readdirSync(path.join(clients.folder, 'hosts')).length).toBe(1);
    await client.stop();
    expect((await call).reached).toBe(true);
    expect(readdirSync(path.join(clients.folder, 'hosts'))).toEqual([]);
  });
});

describe('what an operator sets', () => {
  test('reaches Java: heap, options, proxy, time-outs, authority', async () => {
    const client = await clients.make('hostile', { what: 'properties' }, {
      settings: { heapMb: 48, jvmOptions: ['-Dvendor.setting=a b', '-XX:+UseParallelGC'], proxy: 'proxy.example:3128', noProxy: ['localhost', '*.internal'], connectTimeoutMs: 1_234, readTimeoutMs: 5_678 },
    });
    const { value } = await client.getSecret('any');
    for (const property of ['vendor.setting=a b', 'https.proxyHost=proxy.example', 'http.proxyPort=3128', 'http.nonProxyHosts=localhost|*.internal', 'java.net.useSystemProxies=true', 'sun.net.client.defaultConnectTimeout=1234', 'sun.net.client.defaultReadTimeout=5678']) {
      expect(value).toContain(property);
    }
    const other = await clients.make('hostile', { what: 'environment' }, { settings: { azureAuthorityHost: 'https://login.microsoftonline.us' } });
    expect((await other.getSecret('any')).value).toContain('AZURE_AUTHORITY_HOST=https://login.microsoftonline.us');
  });

  test.each(['-javaagent:/tmp/x.jar', '-agentlib:jdwp=transport=dt_socket', '-Djava.io.tmpdir=/', '-Dcom.sun.management.jmxremote.port=9', '-XX:OnOutOfMemoryError=reboot', '@file', '-cp', '-Xmx9g'])('the option %s is refused', async (option) => {
    const client = await clients.make('hostile', {}, { settings: { jvmOptions: [option] } });
    expect(await failing(client.capabilities())).toMatchObject({ kind: 'configuration', reached: false });
    expect(readdirSync(path.join(clients.folder, 'hosts'))).toEqual([]);
  });
});

test('the module that was changed after its upload is refused at every start', async () => {
  const changed = { ...moduleOf('file-store'), sha256: 'f'.repeat(64) };
  for (const tier of ['plain', 'bubblewrap'] as const) {
    const client = await clients.make('file-store', {}, { tier, overrides: { module: changed } });
    expect(await failing(client.capabilities())).toMatchObject({ kind: 'module' });
  }
});

test('what a killed process left behind is removed at the next start, our own number’s included', async () => {
  const hosts = path.join(clients.folder, 'hosts');
  for (const name of [`h-${process.pid}-0-aaaaaa`, 'h-4194303-0-bbbbbb', 'h-1-0-cccccc', 'trust-1.p12']) mkdirSync(path.join(hosts, name, 'work'), { recursive: true });
  const [one, two] = await Promise.all([fileStore(), fileStore()]);
  await Promise.all([one.createSecret('value'), two.createSecret('value')]);
  expect(readdirSync(hosts).filter((name) => /aaaaaa|bbbbbb/.test(name))).toEqual([]);
  expect(readdirSync(hosts)).toEqual(expect.arrayContaining(['h-1-0-cccccc', 'trust-1.p12']));
});
