import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { moduleOf } from '@/lib/plugins/host/testing/clients';
import { projectRoot } from '@/server/root';

// The first builds what changed.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const program = path.join(projectRoot, 'server/plugin-check.mjs');
let folder: string;
let store: string;
let children: ReturnType<typeof spawn>[];

// Builds what changed, so that nothing is said of it later.
beforeAll(async () => {
  children = [];
  await run(['--help']);
});
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-command-'));
  chmodSync(folder, 0o711);
  store = path.join(folder, 'store');
  mkdirSync(store, { mode: 0o700 });
  // Where plugins run as users of their own, what one may write to belongs to such a user.
  if (process.getuid?.() === 0) chownSync(store, 61_235, 61_235);
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function run(args: string[], env: Record<string, string> = {}, onOutput?: (output: string, child: ReturnType<typeof spawn>) => void) {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString('utf8');
    onOutput?.(stdout, child);
  });
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString('utf8')));
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

const fileStore = moduleOf('file-store').jar;
const faulty = moduleOf('faulty').jar;
const entries = () => readdirSync(store).filter((name) => !name.startsWith('.'));

describe('npm run plugin:check', () => {
  test('a JAR that conforms: 0, each guarantee in a line, no colours where nobody sees them, nothing left', async () => {
    const { code, stdout } = await run([fileStore, '--factory', 'com.example.filestore.FileStoreFactory', '--config', `folder=${store}`, '--writable', store]);
    expect(stdout).toContain('✓ Each update changes the version');
    expect(stdout).toContain('It conforms.');
    expect(stdout).not.toContain('\u001b');
    expect(code).toBe(0);
    expect(entries()).toEqual([]);
  });

  test('one that does not: 1, with the guarantee, what was seen and the cure; in JSON for machines', async () => {
    writeFileSync(path.join(folder, 'c.json'), JSON.stringify({ folder: store, fault: 'version-stays' }));
    const { code, stdout } = await run([faulty, '--json', '--config-file', path.join(folder, 'c.json'), '--config', 'token=$GOOD', '--writable', store], { GOOD: 'good-canary' });
    expect(code).toBe(1);
    const report = z.object({
      conforms: z.boolean(), factory: z.string(), left: z.array(z.unknown()),
      guarantees: z.array(z.object({ id: z.string(), status: z.enum(['passed', 'failed', 'not-applicable']), ms: z.number(), seen: z.string().optional(), cure: z.string().optional() })),
    }).parse(JSON.parse(stdout));
    expect(report).toMatchObject({ conforms: false, factory: 'com.example.faulty.FaultyFactory', left: [] });
    expect(report.guarantees.filter(({ status }) => status === 'failed')).toEqual([expect.objectContaining({ id: 'version-changes', seen: expect.any(String), cure: expect.any(String) })]);
    expect(stdout).not.toContain('canary');
    expect(entries()).toEqual([]);
  });

  test('Ctrl-C in the middle of it: 130, and what it made is removed', async () => {
    let isSent = false;
    const { code, stdout, stderr } = await run([faulty, '--config', `folder=${store}`, '--config', 'token=good', '--config', 'fault=slow', '--writable', store], {}, (output, child) => {
      if (isSent || !output.includes('A value of 64 KiB')) return;
      isSent = true;
      // As npm does: the terminal's signal, and once more by npm itself.
      child.kill('SIGINT');
      child.kill('SIGINT');
    });
    expect({ code, stderr }).toMatchObject({ code: 130 });
    expect(stdout).toContain('Interrupted.');
    expect(stdout).not.toContain('It ends when it is asked to');
    expect(entries()).toEqual([]);
  });

  test.each([
    ['without a JAR', [], {}, 'Which JAR?'],
    ['with a JAR that is not there', ['/nowhere/at/all.jar'], {}, 'is not there'],
    ['with a strange option', [fileStore, '--strange'], {}, '--strange'],
    ['where there is no Java', [fileStore], { SECRET_STORE_JAVA: '/nowhere/at/all' }, 'Install a Java runtime'],
  ] as const)('%s: 2, and one line that says what to do', async (_what, args, env, said) => {
    const { code, stdout, stderr } = await run([...args], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    // Of its build it may speak, when sources change while the tests run.
    expect(stderr.trim().split('\n').filter((line) => !/^(Waiting|Generating|Bundling|Building| {2})/.test(line))).toHaveLength(1);
  });

  test('help says how values are kept out of the list of processes', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('KEY=@FILE');
  });
});
