import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyCheckout } from '@/e2e/support/checkout';
import { processesUsing, startProduct } from '@/e2e/support/product';
import { projectRoot } from '@/server/root';

const isRoot = process.getuid?.() === 0;
const as = (uid: number) => ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];

function can(uid: number, ...command: string[]): boolean {
  try {
    execFileSync('setpriv', [...as(uid).slice(1), ...command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.runIf(isRoot)('started by root', () => {
  test('works in a folder that only root can get to', async () => {
    const closed = mkdtempSync(path.join(os.tmpdir(), 'secret-store-root-'));
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    const dataDir = path.join(closed, 'data');
    mkdirSync(dataDir);
    const product = await startProduct({ dataDir });
    expect(await product.stop()).toBe(0);
    rmSync(closed, { recursive: true });
  });
});

describe.runIf(isRoot)('started by another user', () => {
  /** Where this one is in root's home, a copy that others can read. */
  let checkout = projectRoot;
  let open: string | undefined;

  beforeAll(async () => {
    if (can(65_534, 'cat', path.join(projectRoot, 'dist/server/supervisor.mjs'))) return;
    open = mkdtempSync(path.join(os.tmpdir(), 'secret-store-open-'));
    chmodSync(open, 0o755);
    checkout = path.join(open, 'checkout');
    await copyCheckout(checkout);
  });
  afterAll(() => {
    if (open) rmSync(open, { recursive: true });
  });

  test.each([
    ['an ordinary user', 65_534],
    ['an id that has no name on the machine, as in a container', 61_234],
  ])('as %s, who owns every process and file', async (_who, uid) => {
    if (uid === 61_234 && !can(uid, 'unshare', '-U', 'true')) {
      console.log('Not tried: no user namespaces here.');
      return;
    }
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-user-'));
    chownSync(dataDir, uid, uid);
    const product = await startProduct({ checkout, dataDir, prefix: as(uid), env: { HOME: '/nonexistent' } });
    for (const { pid } of await processesUsing(dataDir)) expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\t${uid}\\t`, 'm'));
    expect(statSync(path.join(dataDir, 'server/keyring.json')).uid).toBe(uid);
    expect(await product.stop()).toBe(0);
    expect(await processesUsing(dataDir)).toEqual([]);
    rmSync(dataDir, { recursive: true });
  });
});
