import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Containment } from './containment';
import type { Tier } from './containment-tiers';
import { isAlive, processesOf } from './host/process-table';
import { TestClients, testContainment, type TestClientOptions } from './host/testing/clients';

let clients: TestClients;
beforeEach(() => {
  clients = new TestClients();
  chmodSync(clients.folder, 0o700);
});
afterEach(() => clients.end());

/** What a plugin finds when it does a deed; its error's message when it cannot. */
async function deed(tier: Tier, configuration: Record<string, string>, options: TestClientOptions = {}): Promise<string> {
  const client = await clients.make('hostile', configuration, { tier, ...options });
  return client.getSecret('any').then(
    ({ value }) => value,
    (error: unknown) => (error instanceof Error ? `refused: ${error.message}` : String(error)),
  );
}

/** Stands for the server's keyring: closed to all but us, in a folder that is closed too. */
function keyring(): string {
  const file = path.join(clients.folder, 'keyring.json');
  writeFileSync(file, 'the-keyring', { mode: 0o600 });
  return file;
}

const isRoot = process.getuid?.() === 0;
let tiers: Record<Tier, Containment>;
beforeAll(async () => {
  tiers = { plain: await testContainment('plain'), 'own-user': await testContainment('own-user'), bubblewrap: await testContainment('bubblewrap') };
});

test('each tier says what it protects and what it does not', () => {
  for (const containment of Object.values(tiers)) {
    expect(containment.protects.length).toBeGreaterThan(2);
    expect(containment.doesNot.join(' ')).toMatch(/network/);
  }
  expect(tiers.plain.doesNot.join(' ')).toMatch(/keyring/);
});

test('a tier that is not there says what to install', () => {
  const reasons = (tier: Tier) => (tiers[tier].tier === tier ? 'bubblewrap, root' : tiers[tier].reasons.join(' '));
  expect(reasons('bubblewrap')).toMatch(/bubblewrap/);
  expect(reasons('own-user')).toMatch(/root|setpriv/);
});

describe('in every tier', () => {
  test.each(['plain', 'own-user', 'bubblewrap'] as const)('%s: nothing of our environment reaches it', async (tier) => {
    process.env.SECRET_CANARY = 'canary-of-the-parent';
    const found = await deed(tier, { what: 'environment' });
    expect(found).not.toContain('canary');
    expect(found).toMatch(/^\{(LANG=C\.UTF-8(, )?|PWD=[^,}]*(, )?)+\}$/);
    const properties = await deed(tier, { what: 'properties' });
    expect(properties).not.toContain('canary');
    expect(properties).toMatch(/user\.home=[^,]*\/work/);
  });

  test.each(['plain', 'own-user', 'bubblewrap'] as const)('%s: it works in a private folder, which is gone with it', async (tier) => {
    const found = await deed(tier, { what: 'list', path: '.' });
    expect(found).toBe('');
    const hosts = path.join(clients.folder, 'hosts');
    await clients.end();
    expect(existsSync(hosts)).toBe(false);
  });

  test.each(['plain', 'own-user', 'bubblewrap'] as const)('%s: no core dump is written', async (tier) => {
    const containment = tiers[tier];
    if (!containment.tools.prlimit) return;
    const limits = await deed(tier, { what: 'read', path: '/proc/self/limits' });
    expect(limits).toMatch(/Max core file size\s+0\s+0/);
    expect(limits).toMatch(/Max open files\s+1024\s+1024/);
    expect(limits).toMatch(/Max data size\s+\d+\s+\d+/);
  });
});

test('the plain tier does not protect the keyring, as it says', async () => {
  expect(await deed('plain', { what: 'read', path: keyring() })).toBe('the-keyring');
});

describe.each(['own-user', 'bubblewrap'] as const)('%s', (tier) => {
  const isThere = () => tiers[tier].tier === tier;

  test('it cannot read the keyring', async ({ skip }) => {
    if (!isThere()) skip(tiers[tier].reasons.join(' '));
    expect(await deed(tier, { what: 'read', path: keyring() })).toMatch(/^refused/);
  });

  test('it cannot read its parent’s environment', async ({ skip }) => {
    if (!isThere()) skip(tiers[tier].reasons.join(' '));
    process.env.SECRET_CANARY = 'canary-of-the-parent';
    const found = await deed(tier, { what: 'parent-environment' });
    expect(found).not.toContain('canary-of-the-parent');
    const ours = await deed(tier, { what: 'read', path: `/proc/${process.pid}/environ` });
    expect(ours).toMatch(/^refused/);
  });

  test('a process that it starts ends with it', async ({ skip }) => {
    if (!isThere()) skip(tiers[tier].reasons.join(' '));
    const mark = String(100_000 + Math.floor(Math.random() * 900_000));
    expect(await deed(tier, { what: 'fork', command: `sleep ${mark}` })).toMatch(/^\d+$/);
    const running = () => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(mark));
    // Java answers when it has started a helper, which then becomes the command.
    await vi.waitFor(() => expect(running().length).toBeGreaterThan(0), { timeout: 20_000, interval: 50 });
    await clients.end();
    expect(running()).toEqual([]);
  });

  test('its processes and threads are counted', async ({ skip }) => {
    if (!isThere() || !isRoot) skip(tiers[tier].reasons.join(' '));
    expect(await deed(tier, { what: 'read', path: '/proc/self/limits' })).toMatch(/Max processes\s+1024\s+1024/);
  });

  test('it writes where an operator opens a folder to it, and nowhere else', async ({ skip }) => {
    if (!isThere()) skip(tiers[tier].reasons.join(' '));
    // Without a sandbox, the plugin's user must be able to get there.
    chmodSync(clients.folder, 0o711);
    const opened = path.join(clients.folder, 'opened');
    mkdirSync(opened);
    const file = path.join(opened, 'file');
    const closed = await deed(tier, { what: 'write', path: file, text: 'text' });
    expect(closed).toMatch(/^refused/);
    if (isRoot) {
      expect(await deed(tier, { what: 'write', path: file, text: 'text' }, { settings: { writablePaths: [opened] } })).toMatch(/belongs to root/);
      chownSync(opened, 54_321, 54_321);
    }
    expect(await deed(tier, { what: 'write', path: file, text: 'text' }, { settings: { writablePaths: [opened] } })).toBe('write');
    expect(readFileSync(file, 'utf8')).toBe('text');
  });

  test('each has a user of its own, who is gone with it', async ({ skip }) => {
    if (!isThere() || !tiers[tier].hasOwnUsers) skip('only where we are root');
    const status = await deed(tier, { what: 'read', path: '/proc/self/status' });
    const other = await deed(tier, { what: 'read', path: '/proc/self/status' });
    const uid = (text: string) => Number(/^Uid:\s+(\d+)/m.exec(text)?.[1]);
    expect(uid(status)).toBeGreaterThan(1_000);
    expect(uid(other)).not.toBe(uid(status));
    expect(status).toMatch(/^NoNewPrivs:\s+1/m);
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    await clients.end();
    expect(processesOf(uid(status))).toEqual([]);
  });
});

test.each(['plain', 'own-user', 'bubblewrap'] as const)('%s: no setting of a provider opens the product’s own data to its plugin', async (tier) => {
  const file = keyring();
  chmodSync(clients.folder, 0o711);
  const overrides = { dataFolder: clients.folder };
  for (const settings of [{ readablePaths: [file] }, { writablePaths: [clients.folder] }, { readablePaths: ['/'] }]) {
    expect(await deed(tier, { what: 'read', path: file }, { settings, overrides })).toMatch(/^refused: .*is not opened to a plugin/);
  }
  for (const store of ['trustStore', 'keyStore']) {
    const settings = { jvmOptions: [`-Djavax.net.ssl.${store}=${file}`] };
    expect(await deed(tier, { what: 'properties' }, { settings, overrides })).toMatch(/^refused: .*is not opened to a plugin/);
    expect(await deed(tier, { what: 'properties' }, { settings })).toMatch(/^refused: .*is no key store/);
  }
});

describe('bubblewrap', () => {
  test('it sees the system, Java and itself, but nothing of the product and of other users', async ({ skip }) => {
    if (tiers.bubblewrap.tier !== 'bubblewrap') skip(tiers.bubblewrap.reasons.join(' '));
    const root = await deed('bubblewrap', { what: 'list', path: '/' });
    expect(root.split('\n').every((each) => /^\/(bin|sbin|lib\w*|usr|etc|proc|dev|tmp)$/.test(each))).toBe(true);
    expect(await deed('bubblewrap', { what: 'list', path: process.cwd() })).toMatch(/^refused/);
    expect(await deed('bubblewrap', { what: 'list', path: '/root' })).toMatch(/^refused/);
    expect(await deed('bubblewrap', { what: 'read', path: '/etc/shadow' })).toMatch(/^refused/);
    expect((await deed('bubblewrap', { what: 'list', path: '/proc' })).split('\n').filter((each) => /^\/proc\/\d+$/.test(each)).length).toBeLessThan(5);
  });

  test('a path that an operator opens for reading is seen, and not to be changed', async ({ skip }) => {
    if (tiers.bubblewrap.tier !== 'bubblewrap') skip(tiers.bubblewrap.reasons.join(' '));
    const folder = path.join(clients.folder, 'opened');
    mkdirSync(folder, { mode: 0o755 });
    writeFileSync(path.join(folder, 'file'), 'to be read', { mode: 0o644 });
    const settings = { readablePaths: [folder] };
    expect(await deed('bubblewrap', { what: 'read', path: path.join(folder, 'file') }, { settings })).toBe('to be read');
    expect(await deed('bubblewrap', { what: 'write', path: path.join(folder, 'file'), text: 'x' }, { settings })).toMatch(/^refused/);
    expect(await deed('bubblewrap', { what: 'nothing' }, { settings: { readablePaths: ['/does/not/exist'] } })).toMatch(/does not exist/);
  });
});

function commandOf(pid: string): string {
  try {
    return isAlive(Number(pid)) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1') : '';
  } catch {
    return '';
  }
}
