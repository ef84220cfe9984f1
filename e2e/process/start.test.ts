import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { freePorts, launch, processesUsing, startProduct, type Product } from '@/e2e/support/product';
import { projectRoot } from '@/server/root';

const isRoot = process.getuid?.() === 0;
let product: Product;
let password: string;

beforeAll(async () => {
  product = await startProduct();
  password = /Password +(\S+)/.exec(product.output())?.[1] ?? '';
});

afterAll(async () => {
  await product?.stop();
});

/** Every file below a folder, as bytes. */
function* filesBelow(folder: string): Generator<[name: string, content: Buffer]> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) yield [file, readFileSync(file)];
  }
}

/** Runs a start that is expected to fail. */
async function refusedStart(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const { port, deliveryPort } = await freePorts();
  const launched = launch({ PORT: String(port), SECRET_STORE_DELIVERY_PORT: String(deliveryPort), ...env });
  const code = await launched.exited;
  return { code, output: launched.output() };
}

describe('the first start on an empty folder', () => {
  test('serves pages, API, delivery and the local worker', async () => {
    const answer = await fetch(`${product.url}/v1/health`);
    expect(await answer.json()).toMatchObject({ status: 'ok' });
    expect((await fetch(`${product.deliveryUrl}/worker/v1/health`)).status).toBe(200);
  });

  test('shows the address, the first admin and the recovery key, once', () => {
    const output = product.output();
    expect(output).toContain(product.url);
    expect(output.match(/Username +admin\n/g)).toHaveLength(1);
    expect(output.match(/Password +\S{16,}/g)).toHaveLength(1);
    expect(output.match(/Recovery key +\S{60,}/g)).toHaveLength(1);
  });

  test('writes the password and the recovery key to no file', () => {
    const recoveryKey = /Recovery key +(\S+)/.exec(product.output())?.[1] ?? '';
    expect(password).not.toBe('');
    expect(recoveryKey).not.toBe('');
    for (const [file, content] of filesBelow(product.dataDir)) {
      expect(content.includes(password), file).toBe(false);
      expect(content.includes(recoveryKey), file).toBe(false);
    }
  });

  test('gives no process a password in its environment or arguments', async () => {
    for (const { pid } of await processesUsing(product.dataDir)) {
      const seen = ['environ', 'cmdline'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')).join();
      expect(seen.includes(password)).toBe(false);
      expect(seen).not.toMatch(/"password"|\b(join|local)_[\w-]{40}/);
    }
  });

  test('closes its files to other users', () => {
    for (const name of ['server', 'worker', 'logs', 'postgres']) expect(statSync(path.join(product.dataDir, name)).mode & 0o077, name).toBe(0);
    expect(statSync(path.join(product.dataDir, 'server/keyring.json')).mode & 0o777).toBe(0o600);
    for (const name of readdirSync(path.join(product.dataDir, 'logs'))) expect(statSync(path.join(product.dataDir, 'logs', name)).mode & 0o777, name).toBe(0o600);
  });
});

describe('a start is refused in one line', () => {
  const oneLine = (output: string) => expect(output.trim().split('\n')).toHaveLength(1);

  test('on a data folder that is in use, naming the process', async () => {
    const { code, output } = await refusedStart({ SECRET_STORE_DATA_DIR: product.dataDir });
    expect(code).toBe(1);
    oneLine(output);
    expect(output).toContain(`process ${await product.pidOf('supervisor')}`);
    expect((await fetch(`${product.url}/v1/health`)).status).toBe(200);
  });

  test.each(['PORT', 'SECRET_STORE_DELIVERY_PORT'])('on a taken port, naming %s', async (name) => {
    const server = net.createServer().listen(0);
    const { port } = server.address() as net.AddressInfo;
    const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-taken-'));
    try {
      const { code, output } = await refusedStart({ SECRET_STORE_DATA_DIR: folder, [name]: String(port) });
      expect(code).toBe(1);
      oneLine(output);
      expect(output).toContain(`set ${name} to a free one`);
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('on an address that is not this machine’s, naming the setting', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-address-'));
    const { code, output } = await refusedStart({ SECRET_STORE_DATA_DIR: folder, SECRET_STORE_HOST: '192.0.2.1' });
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    oneLine(output);
    expect(output).toMatch(/^SECRET_STORE_HOST is no address of this machine/);
  });

  test('with a setting that is wrong, naming it and not its value', async () => {
    const { code, output } = await refusedStart({ PORT: 'eighty' });
    expect(code).toBe(1);
    oneLine(output);
    expect(output).toMatch(/^PORT must be/);
    expect(output).not.toContain('eighty');
  });

  test('on a data folder that is a file', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-file-'));
    writeFileSync(path.join(folder, 'data'), '');
    const { code, output } = await refusedStart({ SECRET_STORE_DATA_DIR: path.join(folder, 'data') });
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    oneLine(output);
    expect(output).toMatch(/^The data folder .* cannot be used: /);
  });

  test.runIf(!isRoot)('on a data folder that this user may not write to', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-closed-'));
    chmodSync(folder, 0o500);
    const { code, output } = await refusedStart({ SECRET_STORE_DATA_DIR: path.join(folder, 'data') });
    expect(code).toBe(1);
    oneLine(output);
    expect(output).toContain('may not write there');
  });

  test.runIf(isRoot)('on a full disk, and leaves nothing half-made in the way of the next', async ({ skip }) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return skip('no right to mount a small disk here');
    }
    try {
      const dataDir = path.join(folder, 'data');
      mkdirSync(dataDir);
      const { code, output } = await refusedStart({ SECRET_STORE_DATA_DIR: dataDir });
      expect(code).toBe(1);
      expect(output.trim().split('\n').at(-1)).toMatch(/^The data folder .* cannot be used: the disk is full\. Make room/);
      expect(existsSync(path.join(dataDir, 'postgres'))).toBe(false);
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  test('when DATABASE_URL leads nowhere that could become right by waiting', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-nodb-'));
    const { code, output } = await refusedStart({ SECRET_STORE_DATA_DIR: folder, DATABASE_URL: 'postgresql://u:hunter2@no-such-host.invalid/x' });
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(output.trim().split('\n').at(-1)).toMatch(/^The database at DATABASE_URL cannot be used: /);
    expect(output).not.toContain('hunter2');
  });
});

describe('secret-store-admin', () => {
  const admin = (...args: string[]) =>
    execFileSync(process.execPath, [path.join(projectRoot, 'server/bin/secret-store-admin.mjs'), ...args], {
      env: { ...process.env, ...product.env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  test('prints a new key alone, which works at once', async () => {
    const output = admin('api-key', 'create', '--user', 'admin', '--kind', 'PlatformAdminKey');
    expect(output).toMatch(/^sim[0-9A-Za-z]{25}\n$/);
    const answer = await fetch(`${product.url}/v1/admin/secret-provider`, { headers: { Authorization: `Simple ${output.trim()}` } });
    expect(answer.status).toBe(200);
  });

  test('says in one line what is wrong, and prints nothing on standard output', () => {
    for (const args of [['api-key', 'create', '--user', 'nobody', '--kind', 'AlgorithmKey'], ['api-key', 'create', '--user', 'admin'], ['worker', 'approve', 'x', 'y'], ['nonsense']]) {
      expect(() => admin(...args)).toThrow(expect.objectContaining({ stdout: '', stderr: expect.stringMatching(/^[^\n]+\n$/) as string }));
    }
  });

  test('knows the local worker, which is approved', () => {
    expect(admin('worker', 'list')).toMatch(/^[0-9a-f-]{36} {2}approved {2}local /);
  });

  test("makes links that lead to the running server's address", () => {
    expect(admin('user', 'password-link', 'admin').startsWith(`${product.url}/`)).toBe(true);
  });
});

describe('Ctrl-C', () => {
  test('ends all of it within seconds, cleanly, and leaves no process; the next start has the same data', async () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-stop-'));
    const first = await startProduct({ dataDir });
    const began = Date.now();
    expect(await first.stop()).toBe(0);
    expect(Date.now() - began).toBeLessThan(slowed(8_000));
    expect(await processesUsing(dataDir)).toEqual([]);
    expect(readFileSync(path.join(dataDir, 'logs/postgres.log'), 'utf8')).toContain('database system is shut down');

    const second = await startProduct({ dataDir });
    expect(second.output()).not.toMatch(/Password|Recovery key/);
    await second.stop();
    rmSync(dataDir, { recursive: true });
  });

  test('in a terminal, which reaches npm and the product both, is one Ctrl-C', async () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-npm-'));
    const viaNpm = await startProduct({ dataDir, viaNpm: true });
    // As a terminal does: to the whole process group.
    process.kill(-(viaNpm.pid ?? 0), 'SIGINT');
    await viaNpm.exited;
    expect(await processesUsing(dataDir)).toEqual([]);
    expect(viaNpm.output().match(/Stopping/g)).toHaveLength(1);
    expect(readFileSync(path.join(dataDir, 'logs/postgres.log'), 'utf8')).toContain('database system is shut down');
    rmSync(dataDir, { recursive: true });
  });

  test('that kills npm alone leaves nothing behind either', async () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-npm-'));
    const viaNpm = await startProduct({ dataDir, viaNpm: true });
    process.kill(viaNpm.pid ?? 0, 'SIGKILL');
    await expect.poll(() => processesUsing(dataDir), { timeout: 8_000 }).toEqual([]);
    rmSync(dataDir, { recursive: true });
  });

  test('while it is still starting leaves no process either', async () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-early-'));
    for (const delay of [150, 700, 1_800]) {
      const { port, deliveryPort } = await freePorts();
      const launched = launch({ PORT: String(port), SECRET_STORE_DELIVERY_PORT: String(deliveryPort), SECRET_STORE_DATA_DIR: dataDir });
      await new Promise((resolve) => setTimeout(resolve, delay));
      launched.child.kill('SIGINT');
      await launched.exited;
      expect(await processesUsing(dataDir), `after ${delay} ms`).toEqual([]);
    }
    const product = await startProduct({ dataDir });
    await product.stop();
    rmSync(dataDir, { recursive: true });
  });
});
