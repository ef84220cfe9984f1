import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Operator, asAdmin, makeAdminKey, valueInside } from '@/e2e/support/operator';
import { startProduct, type Product } from '@/e2e/support/product';
import { projectRoot } from '@/server/root';

const hour = 3_600_000;
let folder: string;
let clock: string;
let product: Product;
let operator: Operator;
let algorithm: string;
let secret: string;

async function setClock(offsetMs: number): Promise<void> {
  await writeFile(clock, String(offsetMs));
  await sleep(100);
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'secret-store-clock-'));
  clock = path.join(folder, 'clock');
  await setClock(0);
  const preload = pathToFileURL(path.join(projectRoot, 'e2e/support/clock.mjs')).href;
  product = await startProduct({ dataDir: path.join(folder, 'data'), env: { ...asAdmin, NODE_OPTIONS: `--import=${preload}`, TEST_CLOCK: clock } });
  operator = new Operator(product.url, await makeAdminKey(product.url));
  algorithm = await operator.createAlgorithm('timeless');
  secret = await operator.createSecret(algorithm, 'PASSWORD', 'at the right time');
  expect(await valueInside(product.dataDir, 'admin/timeless', 'PASSWORD')).toBe('at the right time');
});

afterAll(async () => {
  await product?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('when the clock of the running servers and worker is set', () => {
  test.each([
    ['two days back', -48 * hour],
    ['two days forward', 48 * hour],
    ['right again', 0],
  ])('%s: keys, sign-in, changes and starts work, and no older value comes back', async (when, offset) => {
    const before = await valueInside(product.dataDir, 'admin/timeless', 'PASSWORD');
    await setClock(offset);
    expect(await valueInside(product.dataDir, 'admin/timeless', 'PASSWORD')).toBe(before);
    await operator.updateSecret(algorithm, secret, when);
    expect(await valueInside(product.dataDir, 'admin/timeless', 'PASSWORD')).toBe(when);
    expect(await makeAdminKey(product.url)).toMatch(/^sim/);
    expect((await fetch(`${product.url}/v1/health`)).status).toBe(200);
  });
});
