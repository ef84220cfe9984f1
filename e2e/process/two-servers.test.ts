import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { connectWorker, ownPostgres, type OwnPostgres } from '@/e2e/support/own-postgres';
import { Operator, asAdmin, makeAdminKey, until, valueInside } from '@/e2e/support/operator';
import { startProduct, type Product } from '@/e2e/support/product';
import type { TestWorker } from '@/worker/testing/cluster';

let folder: string;
let database: OwnPostgres;
/** Both started at the same moment, on a database in which there was nothing. */
let first: Product;
let second: Product;
let workerOfFirst: TestWorker;
let workerOfSecond: TestWorker;
let here: Operator;
let there: Operator;
let algorithm: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'secret-store-two-'));
  database = await ownPostgres(path.join(folder, 'database'));
  const keyring = path.join(folder, 'keyring.json');
  const env = { ...asAdmin, DATABASE_URL: database.url, SECRET_STORE_KEYRING: keyring };
  [first, second] = await Promise.all([
    startProduct({ dataDir: path.join(folder, 'first'), env }),
    startProduct({ dataDir: path.join(folder, 'second'), env }),
  ]);
  workerOfFirst = await connectWorker(first, database.settings, keyring);
  workerOfSecond = await connectWorker(second, database.settings, keyring);
  here = new Operator(first.url, await makeAdminKey(first.url));
  there = new Operator(second.url, here.key);
  algorithm = await here.createAlgorithm('shared');
});

afterAll(async () => {
  await Promise.all([workerOfFirst?.stop(), workerOfSecond?.stop()]);
  await Promise.all([first?.stop(), second?.stop()]);
  await database?.stop();
  for (const worker of [workerOfFirst, workerOfSecond]) if (worker) await rm(worker.dataDir, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

async function count(sql: string): Promise<number> {
  const client = new pg.Client(database.settings);
  await client.connect();
  try {
    return Number((await client.query<{ count: string }>(`SELECT count(*) FROM ${sql}`)).rows[0]?.count);
  } finally {
    await client.end();
  }
}

describe('two servers on one database', () => {
  test('make one admin, one built-in provider and one pool between them', async () => {
    expect(await count('users')).toBe(1);
    expect(await count('providers')).toBe(1);
    expect(await count('pool_epochs')).toBe(1);
    expect(await count('workers')).toBe(2);
  });

  test('a change on one is seen on the other, and in the very next start on a worker of the other', async () => {
    const secret = await here.createSecret(algorithm, 'TOKEN', 'one');
    expect((await there.done('GET', `/v1/algorithms/${algorithm}/secrets`)).text).toContain(secret);
    expect(await valueInside(workerOfSecond.dataDir, 'admin/shared', 'TOKEN')).toBe('one');
    await there.updateSecret(algorithm, secret, 'two');
    expect(await valueInside(workerOfFirst.dataDir, 'admin/shared', 'TOKEN')).toBe('two');
  });

  test('a change on one is pushed to a worker of the other, which has it when nothing is left to ask', async () => {
    const secret = await here.createSecret(algorithm, 'PUSHED', 'old');
    await valueInside(workerOfSecond.dataDir, 'admin/shared', 'PUSHED');
    await here.updateSecret(algorithm, secret, 'new');
    await sleep(slowed(1_000));
    // Stopped, not ended: a start finds nobody who answers, and nothing starts it again.
    const delivery = await second.pidOf('delivery');
    process.kill(delivery as number, 'SIGSTOP');
    try {
      expect(await valueInside(workerOfSecond.dataDir, 'admin/shared', 'PUSHED')).toBe('new');
    } finally {
      process.kill(delivery as number, 'SIGCONT');
    }
  });

  test('a key revoked on one is refused on both within a second', async () => {
    const made = (await here.done('POST', '/v1/users/admin/keys', { key_type: 'AlgorithmKey' })).json();
    const revoked = [new Operator(first.url, String(made.api_key)), new Operator(second.url, String(made.api_key))];
    for (const each of revoked) expect((await each.call('GET', '/v1/secret-provider')).status).toBe(200);
    await here.done('DELETE', `/v1/users/admin/keys/${String(made.id)}`);
    await sleep(slowed(1_000));
    for (const each of revoked) expect((await each.call('GET', '/v1/secret-provider')).status).toBe(401);
  });

  test('the death of one server ends nothing on the other, and a worker of the dead one goes on with what it had', async () => {
    await valueInside(workerOfFirst.dataDir, 'admin/shared', 'TOKEN');
    await first.kill9('supervisor');
    await first.exited;
    expect((await there.done('GET', `/v1/algorithms/${algorithm}/secrets`)).status).toBe(200);
    expect(await valueInside(workerOfFirst.dataDir, 'admin/shared', 'TOKEN')).toBe('two');
    expect(await valueInside(workerOfSecond.dataDir, 'admin/shared', 'TOKEN')).toBe('two');
    await until(async () => (await fetch(`${second.url}/v1/health`)).status === 200, 'the other one to be healthy');
  });
});
