import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Operator, asAdmin, makeAdminKey, valueInside } from '@/e2e/support/operator';
import { startProduct, type Settings } from '@/e2e/support/product';
import { projectRoot } from '@/server/root';

const hour = 3_600_000;
let dataDir: string;
let key: string;
let algorithm: string;
let secret: string;

function clockAt(offsetMs: number): Settings {
  const preload = pathToFileURL(path.join(projectRoot, 'e2e/support/clock.mjs')).href;
  return { NODE_OPTIONS: `--import=${preload}`, TEST_CLOCK_OFFSET_MS: String(offsetMs) };
}

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'secret-store-clock-'));
  const product = await startProduct({ dataDir, env: asAdmin });
  try {
    const operator = new Operator(product.url, await makeAdminKey(product.url));
    key = operator.key;
    algorithm = await operator.createAlgorithm('timeless');
    secret = await operator.createSecret(algorithm, 'PASSWORD', 'one');
    expect(await valueInside(dataDir, 'admin/timeless', 'PASSWORD')).toBe('one');
  } finally {
    await product.stop();
  }
});

afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

describe("a clock of the server's processes that is wrong, the database's being right", () => {
  test.each([
    ['two days behind', -48 * hour, 'two'],
    ['two days ahead', 48 * hour, 'three'],
  ])('%s: keys, sign-in, changes and starts work, and no older value comes back', async (_name, offset, value) => {
    const product = await startProduct({ dataDir, env: clockAt(offset) });
    try {
      const operator = new Operator(product.url, key);
      const before = await valueInside(dataDir, 'admin/timeless', 'PASSWORD');
      await operator.updateSecret(algorithm, secret, value);
      expect(before).not.toBe(value);
      expect(await valueInside(dataDir, 'admin/timeless', 'PASSWORD')).toBe(value);
      expect(await makeAdminKey(product.url)).toMatch(/^sim/);
    } finally {
      await product.stop();
    }
  });
});
