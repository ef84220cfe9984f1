import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Operator, asAdmin, makeAdminKey, until, valueInside } from '@/e2e/support/operator';
import { startProduct, type Product } from '@/e2e/support/product';
import { readKeyringFile } from '@/lib/keyring-file';
import { findEmbeddedPostgres } from '@/server/embedded-postgres';
import { projectRoot } from '@/server/root';

const run = promisify(execFile);
let dataDir: string;
let product: Product;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'secret-store-keyring-'));
  product = await startProduct({ dataDir, env: asAdmin });
});
afterAll(async () => {
  await product?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function admin(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [path.join(projectRoot, 'server/bin/secret-store-admin.mjs'), ...args], { env: { ...process.env, ...product.env } });
  return stdout;
}

async function restart(): Promise<void> {
  await product.stop();
  product = await startProduct({ dataDir });
}

/** As if the keys had been changed some minutes ago. */
async function minutesPass(): Promise<void> {
  const client = new pg.Client(await findEmbeddedPostgres(dataDir));
  await client.connect();
  await client.query(`UPDATE installation SET value = $1 WHERE name = 'keyring.rotated'`, [new Date(Date.now() - 600_000).toISOString()]);
  await client.end();
}

const keyring = () => readKeyringFile(path.join(dataDir, 'server/keyring.json'));

test('the server’s keys are replaced while values, API keys and workers stay, and the old keys are gone in the end', async () => {
  const before = keyring();
  const key = await makeAdminKey(product.url);
  let operator = new Operator(product.url, key);
  const algorithm = await operator.createAlgorithm('kept');
  await operator.createSecret(algorithm, 'OLD', 'from before');
  const values = async () => [await valueInside(dataDir, 'admin/kept', 'OLD'), await valueInside(dataDir, 'admin/kept', 'NEW')];

  await expect(admin('keyring', 'rotate')).rejects.toThrow(/Prepare them first/);
  await admin('keyring', 'prepare');
  await expect(admin('keyring', 'rotate')).rejects.toThrow(/has not been started with the new keys/);
  await restart();
  await admin('keyring', 'rotate');
  // The server that runs still signs with the old key; the worker takes what either key signs.
  operator = new Operator(product.url, key);
  const secret = await operator.createSecret(algorithm, 'NEW', 'in between');
  expect(await values()).toEqual(['from before', 'in between']);
  await restart();
  operator = new Operator(product.url, key);
  await operator.updateSecret(algorithm, secret, 'with the new key');
  expect(await values()).toEqual(['from before', 'with the new key']);

  await admin('keyring', 'rotate');
  await expect(admin('keyring', 'retire')).rejects.toThrow(/stored values are still signed with an old key/);
  await admin('pool', 'rotate');
  await until(async () => (await admin('keyring', 'status')).includes('0 configurations, 0 signatures, 0 stored values'), 'the values to be sealed again', 240_000);
  await expect(admin('keyring', 'retire')).rejects.toThrow(/would trust this server no more: local/);
  await minutesPass();
  await admin('keyring', 'retire');
  expect(keyring()?.keys.map(({ id }) => id)).not.toContain(before?.primary);
  expect(keyring()?.signing).toHaveLength(1);
  await restart();
  expect(await values()).toEqual(['from before', 'with the new key']);
  await new Operator(product.url, key).updateSecret(algorithm, secret, 'afterwards');
  expect((await values())[1]).toBe('afterwards');
  await makeAdminKey(product.url);
}, 900_000);
