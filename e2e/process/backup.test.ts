import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Operator, asAdmin, launchUntilAnswer, makeAdminKey, secretStore, stopLaunched, until, valueInside } from '@/e2e/support/operator';
import { freePorts, launch, startProduct, type Settings } from '@/e2e/support/product';
import { createKeyring, serializeKeyring } from '@/lib/crypto/keyring';

/** A folder with everything that these tests make. */
let folder: string;
/** A stopped installation's data folder, as a backup has it, and what was in it. */
let backup: string;
let recoveryKey: string;
let apiKey: string;
const value = 'stored before the backup\n';

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'secret-store-backup-'));
  const dataDir = path.join(folder, 'first');
  const product = await startProduct({ dataDir, env: asAdmin });
  const operator = new Operator(product.url, await makeAdminKey(product.url));
  apiKey = operator.key;
  await operator.createSecret(await operator.createAlgorithm('kept'), 'PASSWORD', value);
  recoveryKey = await until(async () => /Recovery key\s+(\S+)/.exec(product.output())?.[1], 'the recovery key');
  await product.stop();
  backup = path.join(folder, 'backup');
  await rename(dataDir, backup);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A data folder put back from the backup, with the named parts of it only. */
async function restored(name: string, parts: string[]): Promise<string> {
  const dataDir = path.join(folder, name);
  for (const part of parts) await cp(path.join(backup, part), path.join(dataDir, part), { recursive: true });
  return dataDir;
}

async function settingsFor(dataDir: string): Promise<Settings & { PORT: string }> {
  const { port, deliveryPort } = await freePorts();
  return { PORT: String(port), SECRET_STORE_DELIVERY_PORT: String(deliveryPort), SECRET_STORE_DATA_DIR: dataDir };
}

describe('a backup of the data folder', () => {
  test('with the database, the keyring and the old worker, put back elsewhere, delivers the old value and knows the old key', async () => {
    const dataDir = await restored('whole', ['postgres', 'server', 'worker']);
    const product = await startProduct({ dataDir });
    try {
      expect(await valueInside(dataDir, 'admin/kept', 'PASSWORD')).toBe(value);
      expect((await new Operator(product.url, apiKey).call('GET', '/v1/algorithms/admin/kept')).status).toBe(200);
      expect(product.output()).not.toContain('Recovery key');
      expect(product.output()).not.toContain('Password');
    } finally {
      await product.stop();
    }
  });

  test('without the old worker opens nothing, says so in health, and opens again once given the recovery key', async () => {
    const dataDir = await restored('fresh-worker', ['postgres', 'server']);
    const settings = await settingsFor(dataDir);
    const launched = await launchUntilAnswer(settings, 503);
    try {
      const waiting = await until(async () => {
        const { stdout } = await secretStore(dataDir, ['agent', 'status', '--json']);
        return stdout !== '' && (JSON.parse(stdout) as { state: string }).state === 'waiting';
      }, 'the fresh worker to wait for the key', 20_000);
      expect(waiting).toBe(true);
      const health = await fetch(`http://localhost:${settings.PORT}/v1/health`);
      expect(health.status).toBe(503);
      expect(await health.json()).toMatchObject({ status: 'unavailable', parts: { database: { status: 'ok' }, worker: { status: 'unavailable', message: expect.stringContaining('agent recover') } } });

      const refused = await secretStore(dataDir, ['run', 'admin/kept', '--', 'true']);
      expect(refused).toMatchObject({ code: 125, stdout: '' });
      expect(refused.stderr.trim().split('\n')).toHaveLength(1);
      expect(refused.stderr).not.toContain(value.trim());

      const mistyped = await secretStore(dataDir, ['agent', 'recover'], { input: recoveryKey.replace(/^./, (first) => (first === '0' ? '1' : '0')) });
      expect(mistyped).toMatchObject({ code: 1, stdout: '' });
      expect((await secretStore(dataDir, ['agent', 'recover'], { input: `${recoveryKey}\n` })).code).toBe(0);
      await until(async () => (await fetch(`http://localhost:${settings.PORT}/v1/health`)).status === 200, 'health 200 after the recovery');
      expect(await valueInside(dataDir, 'admin/kept', 'PASSWORD')).toBe(value);
    } finally {
      await stopLaunched(launched);
    }
  });
});

describe('a database without its keyring', () => {
  let dataDir: string;
  let keyring: string;

  beforeAll(async () => {
    dataDir = await restored('without-keyring', ['postgres', 'worker']);
    keyring = path.join(dataDir, 'server/keyring.json');
  });

  test('is refused in one line that names the file, and no new keyring is made in its place', async () => {
    expect(await refusal(dataDir)).toMatch(/^This database belongs to a keyring that is not at \S+keyring\.json\. .*$/);
    expect(existsSync(keyring)).toBe(false);
  });

  test("is refused with another installation's keyring, which stays as it is", async () => {
    const another = serializeKeyring(createKeyring());
    await writeFile(keyring, another, { mode: 0o600 });
    expect(await refusal(dataDir)).toMatch(/^The keyring \S+keyring\.json does not belong to this database\. .*$/);
    expect(await readFile(keyring, 'utf8')).toBe(another);
  });

  test('has lost nothing by that once its own keyring is back', async () => {
    await cp(path.join(backup, 'server'), path.join(dataDir, 'server'), { recursive: true, force: true });
    const product = await startProduct({ dataDir });
    try {
      expect(await valueInside(dataDir, 'admin/kept', 'PASSWORD')).toBe(value);
      const users = await new Operator(product.url, apiKey).done('GET', '/v1/users');
      expect(users.json<{ results: unknown[] }>().results).toHaveLength(1);
    } finally {
      await product.stop();
    }
  });
});

/** The line with which a start ends that is refused. */
async function refusal(dataDir: string): Promise<string> {
  const { exited, output } = launch(await settingsFor(dataDir));
  expect(await exited).toBe(1);
  const lines = output().trim().split('\n');
  expect(lines.at(-2)).toBe('Bringing the database up to date');
  return lines.at(-1) ?? '';
}
