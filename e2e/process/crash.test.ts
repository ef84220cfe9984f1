import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { freePorts, processesUsing, startProduct, untilHealthy, type PartName, type Product } from '@/e2e/support/product';

/** Contract, section 5: each part that dies alone comes back by itself, and after all were killed the next start is ready. */
const bound = 10_000;

let dataDir: string;
let ports: { port: number; deliveryPort: number };
let product: Product;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-crash-'));
  ports = await freePorts();
  product = await startProduct({ dataDir, ports });
});

afterAll(async () => {
  await product?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function goneWithin(milliseconds: number): Promise<{ pid: number; command: string }[]> {
  const until = Date.now() + milliseconds;
  for (;;) {
    const left = await processesUsing(dataDir);
    if (left.length === 0 || Date.now() > until) return left;
    await sleep(30);
  }
}

async function startsAgain(): Promise<void> {
  const began = Date.now();
  product = await startProduct({ dataDir, ports });
  expect(Date.now() - began).toBeLessThan(slowed(bound));
}

describe('a part that is killed', () => {
  test.each<PartName>(['web', 'delivery', 'worker', 'postgres'])('(%s) is back within ten seconds', async (part) => {
    const before = await product.pidOf(part);
    const began = Date.now();
    await product.kill9(part);
    // Not the answer of the one that is just dying.
    while ((await product.pidOf(part).catch(() => undefined)) === before) await sleep(20);
    await untilHealthy(product.url, slowed(bound), product.exited);
    const after = await product.pidOf(part);
    expect(Date.now() - began).toBeLessThan(slowed(bound));
    expect(after).toBeDefined();
    expect(after).not.toBe(before);
  });

  test('again and again (web, three times) comes back each time', async () => {
    for (let i = 0; i < 3; i++) {
      const before = await product.pidOf('web');
      await product.kill9('web');
      while ((await product.pidOf('web')) === before) await sleep(20);
      await untilHealthy(product.url, slowed(bound), product.exited);
      expect(await product.pidOf('web')).not.toBe(before);
    }
  });
});

describe('after kill -9', () => {
  test('of the supervisor all others end too, and the next start is ready within ten seconds', async () => {
    await product.kill9('supervisor');
    expect(await goneWithin(3_000)).toEqual([]);
    await startsAgain();
  });

  test('of every process at once the next start is ready within ten seconds', async () => {
    const all = await processesUsing(dataDir);
    expect(all.length).toBeGreaterThan(4);
    for (const { pid } of all) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone with the one before.
      }
    }
    await startsAgain();
  });

  test('a pid file that names another program does not stop the next start', async () => {
    const pidFile = path.join(dataDir, 'postgres/postmaster.pid');
    const content = readFileSync(pidFile, 'utf8');
    for (const { pid } of await processesUsing(dataDir)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone with the one before.
      }
    }
    await goneWithin(3_000);
    const stranger = spawn('sleep', ['100']);
    writeFileSync(pidFile, content.replace(/^\d+/, String(stranger.pid)));
    await startsAgain();
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });
});
