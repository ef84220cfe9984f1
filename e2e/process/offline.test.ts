import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyCheckout } from '@/e2e/support/checkout';
import { projectRoot } from '@/server/root';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
/** In a new network namespace not even the machine itself can be reached, until somebody switches that on. */
const loopbackUp = 'import fcntl,socket,struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 0x41))';
/** What goes before a command that is to have no network but the machine itself, and all its rights. */
const offline = isRoot
  ? ['unshare', '--net', 'sh', '-c', 'python3 -c "$0" && exec "$@"', loopbackUp]
  : ['bwrap', '--dev-bind', '/', '/', '--unshare-net', '--'];

function withoutNetwork(...command: string[]): [program: string, args: string[]] {
  const [program = '', ...args] = [...offline, ...command];
  return [program, args];
}

function isPossible(): boolean {
  try {
    execFileSync(...withoutNetwork('true'), { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Readable by its owner only, as a home is: root's checkout in it too. */
let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'secret-store-offline-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

test('once installed and built, a checkout in a closed home works without a network: start, sign-in, a secret, a run', async ({ skip }) => {
  if (!isPossible()) return skip(`no right to take the network away here: ${offline[0]} does not work`);
  expect((await stat(home)).mode & 0o777).toBe(0o700);
  const checkout = path.join(home, 'checkout');
  await copyCheckout(checkout);
  const visit = path.join(checkout, 'visit.mjs');
  await build({ entryPoints: [path.join(projectRoot, 'e2e/support/offline-visit.ts')], outfile: visit, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', alias: { '@': projectRoot }, logLevel: 'error' });
  await mkdir(path.join(home, 'tmp'));
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: path.join(home, 'cache'), TMPDIR: path.join(home, 'tmp') };
  const { stdout } = await run(...withoutNetwork(process.execPath, visit), { cwd: checkout, env, maxBuffer: 10_000_000 });
  expect(stdout).toBe('all of it worked\n');
});
