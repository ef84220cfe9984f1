import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Operator, asAdmin, makeAdminKey, until, valueInside } from '@/e2e/support/operator';
import { freePorts, launch, startProduct, untilHealthy, type Product } from '@/e2e/support/product';
import { findEmbeddedPostgres } from '@/server/embedded-postgres';

const folder = await mkdtemp(path.join(os.tmpdir(), 'secret-store-disk-'));
/** A small disk of the test's own; only root may make one. */
const hasDisk = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=0711', 'tmpfs', folder]).status === 0;
const dataDir = path.join(folder, 'data');
const filler = path.join(folder, 'filler');

async function fillTheDisk(): Promise<void> {
  const zeros = Readable.from((function* () { for (;;) yield Buffer.alloc(64 * 1024); })());
  await pipeline(zeros, createWriteStream(filler, { flags: 'a' })).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOSPC') throw error;
  });
  expect((await stat(filler)).size).toBeGreaterThan(0);
}

let product: Product | undefined;

afterAll(async () => {
  await product?.stop();
  if (hasDisk) spawnSync('umount', ['-l', folder]);
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!hasDisk)('when the disk is full', () => {
  let operator: Operator;
  let algorithm: string;
  let secret: string;
  const acknowledged: string[] = [];

  /** Tries to store a value; true when it was acknowledged. */
  async function store(value: string): Promise<boolean> {
    const answer = await operator.call('PUT', `/v1/algorithms/${algorithm}/secrets/${secret}`, { secret_value: value });
    if (answer.status === 200) acknowledged.push(value);
    else expect(answer.json()).toMatchObject({ error: { code: 5001 } });
    return answer.status === 200;
  }

  beforeAll(async () => {
    product = await startProduct({ dataDir, env: asAdmin });
    operator = new Operator(product.url, await makeAdminKey(product.url));
    algorithm = await operator.createAlgorithm('full');
    secret = await operator.createSecret(algorithm, 'VALUE', 'first');
    acknowledged.push('first');
    expect(await valueInside(dataDir, 'admin/full', 'VALUE')).toBe('first');
  });

  test('a change is refused with what to do, and what is stored is still delivered', async () => {
    await fillTheDisk();
    const large = 'x'.repeat(60_000);
    let refused;
    for (let i = 0; i < 50 && !refused; i++) {
      const answer = await operator.call('PUT', `/v1/algorithms/${algorithm}/secrets/${secret}`, { secret_value: `${i}${large}` });
      if (answer.status === 200) acknowledged.push(`${i}${large}`);
      else refused = answer;
    }
    expect(refused?.status).toBe(503);
    expect(refused?.json()).toMatchObject({ error: { code: 5001, message: expect.stringContaining('Make room') } });
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(await valueInside(dataDir, 'admin/full', 'VALUE')).toBe(acknowledged.at(-1));
  });

  test('health says so, and that it is over', async () => {
    const health = async () => {
      const answer = await fetch(`${product?.url}/v1/health`);
      return { status: answer.status, body: (await answer.json()) as { parts: Record<string, { status: string; message?: string }> } };
    };
    const full = await until(async () => {
      const found = await health();
      return found.status === 503 && found;
    }, 'health to know that the disk is full', 60_000);
    expect(full.body.parts.database).toEqual({ status: 'unavailable', message: expect.stringMatching(/disk of the database is full.*Make room/) as string });
    await rm(filler);
    await untilHealthy(product?.url ?? '', 60_000);
    await fillTheDisk();
  });

  test('even when PostgreSQL gives up, starts go on, the screen says why, and all is back once there is room', async () => {
    const settings = await findEmbeddedPostgres(dataDir);
    const client = new pg.Client(settings);
    client.on('error', () => undefined);
    await client.connect();
    // A new file of its log every time, until there is no room for one: PostgreSQL ends itself then.
    await expect((async () => {
      for (let i = 0; i < 50; i++) await client.query(`SELECT pg_logical_emit_message(true, 'test', 'fill'), pg_switch_wal()`);
    })()).rejects.toThrow(/No space left on device|Connection terminated|terminating connection/);
    await client.end().catch(() => undefined);
    await until(async () => product?.output().includes('The database does not start: '), 'the screen to say that it does not start', 60_000);
    expect(product?.output()).toMatch(/The database does not start: The data folder \S+ cannot be used: the disk is full\. Make room/);
    expect(await valueInside(dataDir, 'admin/full', 'VALUE')).toBe(acknowledged.at(-1));
    await rm(filler);
    await untilHealthy(product?.url ?? '', 60_000);
    expect(await store('afterwards')).toBe(true);
    expect(await valueInside(dataDir, 'admin/full', 'VALUE')).toBe('afterwards');
  });

  test('a start says so in one line, and harms nothing', async () => {
    await product?.stop();
    product = undefined;
    await fillTheDisk();
    const { port, deliveryPort } = await freePorts();
    const refused = launch({ PORT: String(port), SECRET_STORE_DELIVERY_PORT: String(deliveryPort), SECRET_STORE_DATA_DIR: dataDir });
    expect(await refused.exited).toBe(1);
    expect(refused.output().trim().split('\n').at(-1)).toMatch(/the disk is full\. Make room/);
    await rm(filler);
    product = await startProduct({ dataDir });
    expect(await valueInside(dataDir, 'admin/full', 'VALUE')).toBe(acknowledged.at(-1));
  });
});
