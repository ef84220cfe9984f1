import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { askAgent } from '../agent-client';
import { TestCluster, until, type TestWorker } from '../testing/cluster';
import { hostJar, PluginBackend, type PluginProvider } from '../testing/plugin-backend';

/** Real parts: PostgreSQL, the delivery plane, an agent's process, Java, and a plugin whose backend is a folder. */
const pollSeconds = 2;
const env = { SECRET_STORE_PLUGIN_HOST_JAR: hostJar, SECRET_STORE_VERSION_POLL_SECONDS: String(pollSeconds) };

let cluster: TestCluster;
let backend: PluginBackend;
let provider: PluginProvider;
let worker: TestWorker;
let count = 0;

async function start(): Promise<TestWorker> {
  const made = await cluster.worker();
  made.start(['--server', cluster.url, '--token', await cluster.token({ autoApprove: true })], env);
  await made.state('ready');
  return made;
}

beforeAll(async () => {
  cluster = await TestCluster.create();
  worker = await start();
  backend = new PluginBackend(cluster);
  provider = await backend.provider();
});

afterAll(async () => {
  await cluster?.close();
  backend?.close();
});

interface Scene {
  name: string;
  id: string;
}

async function scene(): Promise<Scene> {
  const name = `Plugged${count++}`;
  return { name: `alice/${name}`, id: await cluster.algorithm('alice', name) };
}

const attempt = (name: string, from = worker) => from.cli(['run', name, '--', process.execPath, '-e', 'process.stdout.write(JSON.stringify([process.env.ONE, process.env.TWO]))']);
const refused = (words: RegExp) => ({ code: 125, stdout: '', stderr: expect.stringMatching(new RegExp(`^[^\\n]*${words.source}[^\\n]*\\n$`)) });
const valueOf = async (name: string, from = worker) => (await from.environment(name))['ONE'];
async function pluginPid(id = provider.id, from = worker): Promise<number> {
  const pid = (await from.status())?.providers.find((each) => each.id === id)?.pid;
  // Never 0: a signal to that is one to this process.
  if (!pid) throw new Error('its plugin does not run');
  return pid;
}

describe('a value that a plugin keeps', () => {
  test('reaches the command, byte for byte, beside one that the built-in provider keeps', async () => {
    const { name, id } = await scene();
    const value = '-----BEGIN KEY-----\n\tä€𝄞 "quoted" \\ \u0001\n-----END KEY-----\n';
    await backend.secret(id, 'ONE', provider.id, value);
    await cluster.secret(id, 'TWO', 'internal');
    expect(await worker.environment(name)).toMatchObject({ ONE: value, TWO: 'internal' });
    expect(await attempt(name)).toMatchObject({ code: 0, stderr: '' });
  });

  test('each delivery of a configuration is an audit event', async () => {
    expect((await cluster.events('provider.deliver')).length).toBeGreaterThan(0);
  });

  test('stored anew through the product, the next start gets it', async () => {
    const { name, id } = await scene();
    let secret = await backend.secret(id, 'ONE', provider.id, 'first');
    for (const next of ['first', 'second', 'third']) {
      if (next !== 'first') secret = await backend.update(id, secret, next);
      expect(await valueOf(name)).toBe(next);
    }
  });

  test('rotated in the backend itself, it arrives within the poll interval and a second', async () => {
    const { name, id } = await scene();
    const { providerKey } = await backend.secret(id, 'ONE', provider.id, 'before');
    expect(await valueOf(name)).toBe('before');
    backend.write(providerKey, 'after');
    const rotated = performance.now();
    await until(async () => {
      const answer = await askAgent(worker.folder, { op: 'start', owner: 'alice', name: name.slice(6) });
      return 'env' in answer && answer.env['ONE'] === 'after';
    }, 'the rotated value');
    expect(performance.now() - rotated).toBeLessThan(slowed((pollSeconds + 1) * 1_000));
  });

  test('its own time to live is kept: past it, it is asked for anew', async () => {
    const short = await backend.provider({ secret_ttl: '1' });
    const slow = await cluster.worker();
    slow.start(['--server', cluster.url, '--token', await cluster.token({ autoApprove: true })], { ...env, SECRET_STORE_VERSION_POLL_SECONDS: '600' });
    await slow.state('ready');
    const { name, id } = await scene();
    const { name: other, id: otherId } = await scene();
    const { providerKey } = await backend.secret(id, 'ONE', short.id, 'before');
    const { providerKey: everKey } = await backend.secret(otherId, 'ONE', provider.id, 'before');
    expect(await valueOf(name, slow)).toBe('before');
    expect(await valueOf(other, slow)).toBe('before');
    backend.write(providerKey, 'after');
    backend.write(everKey, 'after');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await valueOf(name, slow)).toBe('after');
    expect(await valueOf(other, slow), 'without one, until its version is seen to change').toBe('before');
    await slow.stop();
  });

  test('removed, it ends at once, the last good value too', async () => {
    const { name, id } = await scene();
    const secret = await backend.secret(id, 'ONE', provider.id, 'removed');
    expect(await valueOf(name)).toBe('removed');
    await cluster.remove(id, secret);
    expect((await attempt(name)).stdout).toBe('[null,null]');
    expect(readdirSync(path.join(worker.folder, 'values')).filter((file) => file.startsWith(id))).toEqual([]);
  });
});

describe('a backend that is away', () => {
  test('the last good value is used, one line says so, and status does', async () => {
    const { name, id } = await scene();
    const { providerKey } = await backend.secret(id, 'ONE', provider.id, 'last good');
    expect(await valueOf(name)).toBe('last good');
    backend.remove(providerKey);
    const ended = await until(async () => {
      const run = await attempt(name);
      return run.stderr ? run : undefined;
    }, 'the backend was asked again');
    expect(ended).toMatchObject({ code: 0, stdout: '["last good",null]' });
    expect(ended.stderr).toMatch(/^secret-store: warning: last good values are used: ONE \(last confirmed \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\); vault-.*SecretNotFoundException.*\n$/);
    const status = await worker.status();
    expect(status?.providers.find((each) => each.id === provider.id)?.failing).toMatchObject([{ variable: 'ONE', algorithmId: id }]);
    backend.write(providerKey, 'back');
    expect(await valueOf(name)).toBe('back');
    expect((await worker.status())?.providers.flatMap(({ failing }) => failing)).toEqual([]);
  });

  test('without any last good value nothing starts, and the line names the variable and the reason', async () => {
    const { name, id } = await scene();
    const { providerKey } = await backend.secret(id, 'ONE', provider.id, 'never seen');
    backend.remove(providerKey);
    expect(await attempt(name)).toMatchObject(refused(/ONE: vault-.*SecretNotFoundException.*nothing was started/));
  });

  test('past the time that an operator allows, the last good value is used no more', async () => {
    const strict = await cluster.worker();
    strict.start(['--server', cluster.url, '--token', await cluster.token({ autoApprove: true })], { ...env, SECRET_STORE_LAST_GOOD_HOURS: String(3 / 3_600) });
    await strict.state('ready');
    const { name, id } = await scene();
    const { providerKey } = await backend.secret(id, 'ONE', provider.id, 'short-lived');
    expect(await valueOf(name, strict)).toBe('short-lived');
    backend.remove(providerKey);
    await until(async () => (await attempt(name, strict)).code === 125, 'the value is too old');
    await strict.stop();
  });

  test('delivery away and the agent started anew: starts go on with what it has', async () => {
    const other = await start();
    const { name, id } = await scene();
    const { providerKey } = await backend.secret(id, 'ONE', provider.id, 'offline');
    expect(await valueOf(name, other)).toBe('offline');
    await cluster.stopDelivery();
    await other.stop();
    other.start([], env);
    await other.state('ready');
    expect(await valueOf(name, other), 'from the backend, which is still there').toBe('offline');
    backend.remove(providerKey);
    await other.stop();
    other.start([], env);
    await other.state('ready');
    const ended = await attempt(name, other);
    expect(ended, 'from the disk, with neither').toMatchObject({ code: 0, stdout: '["offline",null]', stderr: expect.stringContaining('last good') });
    await other.stop();
    await cluster.startDelivery();
    await until(async () => (await worker.status())?.connected, 'connected again');
  });
});

describe('a provider that changes', () => {
  test('its configuration: the next start uses the new one', async () => {
    const [one, two] = [new PluginBackend(cluster), new PluginBackend(cluster)];
    const moved = await one.provider();
    const { name, id } = await scene();
    const secret = await one.secret(id, 'ONE', moved.id, 'in the first');
    two.write(secret.providerKey, 'in the second');
    expect(await valueOf(name)).toBe('in the first');
    await two.save(moved);
    expect(await valueOf(name)).toBe('in the second');
    one.close();
    two.close();
  });

  test('its module is replaced: no start fails in between, and the one before ends', async () => {
    const replaced = await backend.provider();
    const { name, id } = await scene();
    await backend.secret(id, 'ONE', replaced.id, 'the value');
    expect(await valueOf(name)).toBe('the value');
    const before = await pluginPid(replaced.id);
    let ended = false;
    const answers: string[] = [];
    const loop = Promise.all([1, 2].map(async () => {
      while (!ended) {
        const answer = await askAgent(worker.folder, { op: 'start', owner: 'alice', name: name.slice(6) });
        answers.push('env' in answer ? `${answer.env['ONE']} ${answer.warning ?? ''}` : JSON.stringify(answer));
      }
    }));
    await backend.save({ id: replaced.id, moduleSha256: await backend.module(commented('again')) });
    await until(async () => (await pluginPid(replaced.id).catch(() => before)) !== before, 'the new one runs', 60_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    ended = true;
    await loop;
    expect(new Set(answers)).toEqual(new Set(['the value ']));
    await until(() => !isAlive(before), 'the one before has ended', 60_000);
  });

  test('told of the change, the worker has what is new running before anyone starts anything', async () => {
    const changed = await backend.provider();
    const { name, id } = await scene();
    await backend.secret(id, 'ONE', changed.id, 'the value');
    expect(await valueOf(name)).toBe('the value');
    const before = await pluginPid(changed.id);
    await backend.save({ id: changed.id, moduleSha256: await backend.module(commented('pushed')) });
    await cluster.announce(id);
    const after = await until(async () => {
      const pid = await pluginPid(changed.id).catch(() => before);
      return pid !== before && pid;
    }, 'the new one runs', 60_000);
    await until(() => !isAlive(before), 'the one before has ended', 60_000);
    expect(await valueOf(name)).toBe('the value');
    expect(await pluginPid(changed.id)).toBe(after);
  });

  test('its new module takes long to start: no start fails meanwhile, and then it serves', async () => {
    const slow = await backend.provider();
    const { name, id } = await scene();
    await backend.secret(id, 'ONE', slow.id, 'the value');
    expect(await valueOf(name)).toBe('the value');
    const before = await pluginPid(slow.id);
    const held = new Set(javasOf(worker.agent?.pid ?? 0));
    const known = new Set(held);
    await backend.save({ id: slow.id, moduleSha256: await backend.module(commented('slow')) });
    // Stopped as soon as it is there: for a start it is a program that takes its time.
    const stopping = setInterval(() => {
      for (const pid of javasOf(worker.agent?.pid ?? 0)) if (!held.has(pid) && held.add(pid)) process.kill(pid, 'SIGSTOP');
    }, 20);
    try {
      const answers = await Promise.all([1, 2, 3].map(() => attempt(name)));
      expect(held.size).toBeGreaterThan(known.size);
      for (const { code, stdout, stderr } of answers) {
        expect([code, stdout]).toEqual([0, '["the value",null]']);
        expect(stderr).toMatch(/^$|last good values are used: ONE/);
      }
    } finally {
      clearInterval(stopping);
      for (const pid of held) if (!known.has(pid)) process.kill(pid, 'SIGCONT');
    }
    await until(async () => (await pluginPid(slow.id).catch(() => before)) !== before, 'the new one runs', 60_000);
    expect(await attempt(name)).toMatchObject({ code: 0, stdout: '["the value",null]', stderr: '' });
    await until(() => !isAlive(before), 'the one before has ended', 60_000);
  });

  test('its process is killed: the next start works', async () => {
    const { name, id } = await scene();
    await backend.secret(id, 'ONE', provider.id, 'before');
    expect(await valueOf(name)).toBe('before');
    process.kill(await pluginPid(), 'SIGKILL');
    const fresh = await scene();
    await backend.secret(fresh.id, 'ONE', provider.id, 'after');
    expect(await valueOf(fresh.name)).toBe('after');
  });
});

/** The same program with another hash: a comment at the archive's end. */
function commented(words: string): Buffer {
  const jar = readFileSync(path.join(hostJar, '../../../contract-tests/target/jars/file-store.jar'));
  jar.writeUInt16LE(Buffer.byteLength(words), jar.length - 2);
  return Buffer.concat([jar, Buffer.from(words)]);
}

/** The Java processes below a process. */
function javasOf(ancestor: number): number[] {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const [, name = '', parent = '0'] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8')) ?? [];
      parents.set(Number(entry), { parent: Number(parent), name });
    } catch {
      // It has ended.
    }
  }
  const isBelow = (pid: number): boolean => pid === ancestor || (parents.has(pid) && isBelow(parents.get(pid)?.parent ?? 0));
  return [...parents].filter(([pid, { name }]) => name === 'java' && isBelow(pid)).map(([pid]) => pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a database that somebody wrote to', () => {
  async function used(): Promise<Scene & { secret: Awaited<ReturnType<PluginBackend['secret']>>; own: PluginProvider }> {
    const own = await backend.provider();
    const made = await scene();
    const secret = await backend.secret(made.id, 'ONE', own.id, 'value-of-one');
    expect(await valueOf(made.name)).toBe('value-of-one');
    return { ...made, secret, own };
  }

  test('another entry in the place of this one: nothing starts, although there is a last good value', async () => {
    const { name, secret } = await used();
    backend.write('planted', 'value-of-planted');
    await cluster.db.query(`UPDATE secret_versions SET provider_key = 'planted' WHERE id = $1`, [secret.versionId]);
    expect(await attempt(name)).toMatchObject(refused(/ONE: where its value is was not signed/));
  });

  test('another provider, a missing reference, a reference of another secret: nothing starts', async () => {
    const { name, id, secret } = await used();
    await cluster.db.query('UPDATE secrets SET provider_id = $2 WHERE id = $1', [secret.id, provider.id]);
    expect(await attempt(name)).toMatchObject(refused(/ONE: where its value is was not signed/));
    await cluster.db.query('UPDATE secrets SET provider_id = $2 WHERE id = $1', [secret.id, secret.providerId]);
    expect((await attempt(name)).code, 'put right again, it starts').toBe(0);
    await cluster.db.query('UPDATE secret_versions SET reference = NULL WHERE id = $1', [secret.versionId]);
    expect(await attempt(name)).toMatchObject(refused(/ONE: .*missing/));
    const other = await backend.secret(id, 'TWO', secret.providerId, 'value-of-two');
    await cluster.db.query('UPDATE secret_versions SET reference = $2, provider_key = $3 WHERE id = $1', [secret.versionId, backend.reference(id, other), other.providerKey]);
    expect(await attempt(name)).toMatchObject(refused(/ONE: where its value is was not signed/));
  });

  test('an older version put back: nothing starts', async () => {
    const { name, id, secret } = await used();
    await backend.update(id, secret, 'newer');
    expect(await valueOf(name)).toBe('newer');
    await cluster.db.query('UPDATE secrets SET version = 1, current_version_id = $2 WHERE id = $1', [secret.id, secret.versionId]);
    expect(await attempt(name)).toMatchObject(refused(/ONE: version 1 .*version 2/));
  });

  test.each([
    ['its factory', `factory_class_name = 'com.example.Planted'`],
    ['its settings', `settings = '{"httpsProxy": "evil.example:1"}'`],
    ['its signature', `signature = decode(repeat('00', 64), 'hex')`],
    ['its configuration', `configuration = set_byte(configuration, octet_length(configuration) - 1, get_byte(configuration, octet_length(configuration) - 1) # 1)`],
  ])('what a provider runs, changed behind the server, %s: nothing starts', async (_what, change) => {
    const { name, own } = await used();
    await cluster.db.query(`UPDATE providers SET ${change} WHERE id = $1`, [own.id]);
    expect(await attempt(name)).toMatchObject(refused(/ONE: What vault-.* was not saved by this server/));
    await backend.save(own);
    expect((await attempt(name)).code, 'saved again, it starts').toBe(0);
  });

  test("a module's bytes changed in the database: it is not loaded, and nothing starts", async () => {
    const jar = readFileSync(path.join(hostJar, '../../../contract-tests/target/jars/file-store.jar'));
    const again = Buffer.from(jar);
    again.writeUInt16LE(1, again.length - 2);
    const sha256 = await backend.module(Buffer.concat([again, Buffer.from('x')]));
    await cluster.db.query(`UPDATE module_chunks SET content = set_byte(content, 100, get_byte(content, 100) # 1) WHERE sha256 = $1 AND part = 0`, [sha256]);
    const bad = await backend.provider({}, sha256);
    const { name, id } = await scene();
    await backend.secret(id, 'ONE', bad.id, 'value-of-one');
    expect(await attempt(name)).toMatchObject(refused(/ONE: The stored module .* no longer has its hash/));
  });

  test("a module's bytes changed on the worker's disk: it is fetched anew, and the start works", async () => {
    const { name, own, secret, id } = await used();
    const file = path.join(worker.folder, 'modules', `${own.moduleSha256}.jar`);
    writeFileSync(file, 'planted', { mode: 0o600 });
    process.kill(await pluginPid(own.id), 'SIGKILL');
    await backend.update(id, secret, 'after');
    expect(await valueOf(name)).toBe('after');
    expect(readFileSync(file).length).toBeGreaterThan(1_000);
  });
});

describe('on the machine', () => {
  test('values and configuration are in no file, argument, environment or output of the agent and its plugins', async () => {
    const canaries = ['canary-value-5a1c77', 'canary-config-9be2d0'];
    const own = await backend.provider({ token: canaries[1] ?? '' });
    const { name, id } = await scene();
    await backend.secret(id, 'ONE', own.id, canaries[0] ?? '');
    expect(await valueOf(name)).toBe(canaries[0]);
    const pids = [worker.agent?.pid, await pluginPid(own.id)];
    for (const canary of canaries) {
      const found = await worker.cli(['run', 'alice/Plugged0', '--', 'grep', '-r', '-l', '-a', canary, worker.dataDir]);
      expect(found.stdout).toBe('');
      expect(worker.output).not.toContain(canary);
      for (const pid of pids) for (const file of ['cmdline', 'environ']) expect(readFileSync(`/proc/${pid}/${file}`, 'utf8')).not.toContain(canary);
    }
  });

  test('no plugin outlives the agent', async () => {
    const other = await start();
    const { name, id } = await scene();
    await backend.secret(id, 'ONE', provider.id, 'value');
    expect(await valueOf(name, other)).toBe('value');
    const stopped = await pluginPid(provider.id, other);
    expect(isAlive(stopped)).toBe(true);
    await other.stop();
    await until(() => !isAlive(stopped), 'it has ended');
    other.start([], env);
    await other.state('ready');
    expect(await valueOf(name, other)).toBe('value');
    const killed = await pluginPid(provider.id, other);
    await other.stop('SIGKILL');
    await until(() => !isAlive(killed), 'it has ended too');
  });

  test('without Java, the line says what to install', async () => {
    const other = await cluster.worker();
    other.start(['--server', cluster.url, '--token', await cluster.token({ autoApprove: true })], { ...env, SECRET_STORE_JAVA: '/nowhere/java' });
    await other.state('ready');
    const { name, id } = await scene();
    await backend.secret(id, 'ONE', provider.id, 'value');
    expect(await attempt(name, other)).toMatchObject(refused(/ONE: vault-.*There is no Java at \/nowhere\/java.*Install a Java runtime/));
  });
});
