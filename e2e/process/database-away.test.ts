import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { connectWorker, ownPostgres, type OwnPostgres } from '@/e2e/support/own-postgres';
import { Operator, asAdmin, makeAdminKey, until, valueInside } from '@/e2e/support/operator';
import { startProduct, type Product } from '@/e2e/support/product';
import type { TestWorker } from '@/worker/testing/cluster';

let folder: string;
let database: OwnPostgres;
let product: Product;
let worker: TestWorker;
let operator: Operator;
let algorithm: string;
let secret: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'secret-store-away-'));
  database = await ownPostgres(path.join(folder, 'database'));
  const dataDir = path.join(folder, 'data');
  product = await startProduct({ dataDir, env: { ...asAdmin, DATABASE_URL: database.url } });
  worker = await connectWorker(product, database.settings, path.join(dataDir, 'server/keyring.json'));
  operator = new Operator(product.url, await makeAdminKey(product.url));
  algorithm = await operator.createAlgorithm('steady');
  secret = await operator.createSecret(algorithm, 'PASSWORD', 'before');
  await valueInside(worker.dataDir, 'admin/steady', 'PASSWORD');
});

afterAll(async () => {
  await worker?.stop();
  await product?.stop();
  await database?.stop();
  if (worker) await rm(worker.dataDir, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

/** Reading and writing requests, and a sign-in key that was never seen before: each is told within 5 s that a part is away. */
async function everythingSaysSo(): Promise<void> {
  const stranger = new Operator(product.url, `sim${'0'.repeat(25)}`);
  const asked: [Operator, string, string, Record<string, string>?][] = [
    [operator, 'GET', '/v1/algorithms/admin/steady'],
    [operator, 'GET', `/v1/algorithms/${algorithm}/secrets`],
    [operator, 'POST', '/v1/algorithms/admin', { name: 'lost' }],
    [operator, 'POST', `/v1/algorithms/${algorithm}/secrets`, { short_name: 'x', secret_key: 'LOST', secret_value: 'x' }],
    [operator, 'PUT', `/v1/algorithms/${algorithm}/secrets/${secret}`, { secret_value: 'lost' }],
    [operator, 'DELETE', `/v1/algorithms/${algorithm}/secrets/${secret}`],
    [stranger, 'GET', '/v1/secret-provider'],
  ];
  await Promise.all(
    asked.map(async ([who, method, where, body]) => {
      const began = performance.now();
      const answer = await who.call(method, where, body);
      const took = performance.now() - began;
      if (took > 5_000) expect.soft(took, `${method} ${where} takes too long`).toBeLessThan(slowed(5_000));
      expect.soft(answer.status, `${method} ${where}`).toBe(503);
      expect.soft(answer.json(), `${method} ${where}`).toMatchObject({ error: { code: 5001, id: answer.headers['x-request-id'] } });
      expect.soft(Number(answer.headers['retry-after']), `${method} ${where}`).toBeGreaterThan(0);
    }),
  );
  const began = performance.now();
  const health = await fetch(`${product.url}/v1/health`);
  expect(performance.now() - began).toBeLessThan(slowed(5_000));
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({ parts: { database: { status: 'unavailable' }, api: { status: 'ok' } } });
}

/** Waits for the product to recover; answers how many starts went on with the value of before meanwhile. */
async function recovered(before: string, value: string): Promise<number> {
  let stale = 0;
  await until(async () => (await fetch(`${product.url}/v1/health`)).status === 200, 'the product to recover by itself', 20_000);
  await until(async () => (await operator.call('GET', '/v1/algorithms/admin/steady')).status === 200, 'the API to recover', 30_000);
  expect((await operator.call('GET', '/v1/algorithms/admin/lost')).status).toBe(404);
  await operator.updateSecret(algorithm, secret, value);
  await until(async () => {
    const found = await valueInside(worker.dataDir, 'admin/steady', 'PASSWORD');
    if (found === before) stale++;
    return found === value;
  }, 'the new value in a start', 2_000);
  await until(async () => {
    const status = await worker.status();
    return status?.receiptsWaiting === 0 && status.connected && status.state === 'ready';
  }, 'the worker to have told of its starts', 20_000);
  return stale;
}

async function startsTold(): Promise<number> {
  const client = new pg.Client(database.settings);
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM audit_events WHERE action = 'secret.open' AND outcome = 'done'`);
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

describe('while the database is gone', () => {
  test('every request is told within 5 s, algorithms start with the last values, and all goes on by itself afterwards', async () => {
    await database.stop();
    await everythingSaysSo();
    const began = performance.now();
    expect(await valueInside(worker.dataDir, 'admin/steady', 'PASSWORD')).toBe('before');
    expect(performance.now() - began).toBeLessThan(slowed(5_000));
    database = await ownPostgres(path.join(folder, 'database'));
    const more = await recovered('before', 'after');
    expect(await startsTold()).toBe(1 + more);
  });

  test('the same holds when it hangs instead of refusing', async () => {
    await database.freeze();
    try {
      await everythingSaysSo();
      const began = performance.now();
      expect(await valueInside(worker.dataDir, 'admin/steady', 'PASSWORD')).toBe('after');
      expect(performance.now() - began).toBeLessThan(slowed(5_000));
    } finally {
      await database.thaw();
    }
    // What was asked of it may have been carried out when it went on: the answers said so.
    await until(async () => (await fetch(`${product.url}/v1/health`)).status === 200, 'the product to recover by itself', 20_000);
    const fresh = await operator.createAlgorithm('afterwards');
    await operator.createSecret(fresh, 'PASSWORD', 'works again');
    await until(async () => (await valueInside(worker.dataDir, 'admin/afterwards', 'PASSWORD').catch(() => '')) === 'works again', 'a start after it', 30_000);
  });
});
