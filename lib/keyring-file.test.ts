import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { addPrimaryKey, serializeKeyring } from '@/lib/crypto/keyring';
import { KeyringFileError, loadOrCreateKeyring, readKeyringFile, replaceKeyringFile } from '@/lib/keyring-file';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyring-'));
  path = join(folder, 'server', 'keyring.json');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

function refusal(attempt: () => unknown): string {
  try {
    attempt();
    return 'not refused';
  } catch (error) {
    if (error instanceof KeyringFileError) return error.message;
    throw error;
  }
}

describe('The keyring file', () => {
  it('is made at the first start, for its owner only, and found at the next', () => {
    const first = loadOrCreateKeyring(path);
    expect(first.created).toBe(true);
    expect(modeOf(path)).toBe('600');
    expect(modeOf(join(folder, 'server'))).toBe('700');
    const next = loadOrCreateKeyring(path);
    expect(next.created).toBe(false);
    expect(serializeKeyring(next.keyring)).toBe(serializeKeyring(first.keyring));
    expect(readdirSync(join(folder, 'server'))).toEqual(['keyring.json']);
  });

  it('is for its owner only, whatever the umask', () => {
    const before = process.umask(0);
    try {
      loadOrCreateKeyring(path);
    } finally {
      process.umask(before);
    }
    expect(modeOf(path)).toBe('600');
    expect(modeOf(join(folder, 'server'))).toBe('700');
  });

  it('is not made by who only reads', () => {
    expect(readKeyringFile(path)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([0o640, 0o604, 0o620, 0o666])('with mode %o is refused with the command that mends it', (mode) => {
    loadOrCreateKeyring(path);
    chmodSync(path, mode);
    expect(refusal(() => loadOrCreateKeyring(path))).toContain(`chmod 600 ${path}`);
    expect(modeOf(path)).toBe(mode.toString(8));
    chmodSync(path, 0o600);
    expect(loadOrCreateKeyring(path).created).toBe(false);
  });

  it('that is empty, cut or changed is refused, named, and left as it is', () => {
    loadOrCreateKeyring(path);
    const good = readFileSync(path, 'utf8');
    for (const bad of ['', '{}', good.slice(0, 200), good.replace('"created"', '"Created"'), 'canary']) {
      writeFileSync(path, bad);
      const message = refusal(() => loadOrCreateKeyring(path));
      expect(message).toContain(path);
      expect(message).toContain('backup');
      expect(message).not.toContain('canary');
      expect(readFileSync(path, 'utf8')).toBe(bad);
    }
  });

  it('that is a folder, or a link to nothing, is refused', () => {
    mkdirSync(path, { recursive: true });
    expect(refusal(() => loadOrCreateKeyring(path))).toContain('not a file');
    rmSync(path, { recursive: true });
    symlinkSync(join(folder, 'elsewhere'), path);
    expect(refusal(() => loadOrCreateKeyring(path))).toContain(path);
  });

  it('whose folder cannot be made is a message, not a crash', () => {
    writeFileSync(join(folder, 'server'), '');
    expect(refusal(() => loadOrCreateKeyring(path))).toContain(path);
  });

  it('is replaced whole', () => {
    const { keyring } = loadOrCreateKeyring(path);
    const rotated = addPrimaryKey(keyring);
    replaceKeyringFile(path, rotated);
    expect(readKeyringFile(path)?.primary).toBe(rotated.primary);
    expect(modeOf(path)).toBe('600');
    expect(readdirSync(join(folder, 'server'))).toEqual(['keyring.json']);
  });

  it('is the same for processes that start at once', async () => {
    const script = join(folder, 'start.mjs');
    await build({
      stdin: {
        contents: `import { loadOrCreateKeyring } from '@/lib/keyring-file';
          const { keyring, created } = loadOrCreateKeyring(process.argv[2]);
          console.log(keyring.id + ' ' + created);`,
        resolveDir: process.cwd(),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      alias: { '@': process.cwd() },
      outfile: script,
      logLevel: 'error',
    });
    const start = () =>
      new Promise<string>((resolve, reject) => {
        const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
        let output = '';
        child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
        child.on('error', reject);
        child.on('close', (code) => (code === 0 ? resolve(output.trim()) : reject(new Error(`exit code ${code}`))));
      });
    const answers = await Promise.all(Array.from({ length: 6 }, start));
    expect(new Set(answers.map((answer) => answer.split(' ')[0])).size).toBe(1);
    expect(answers.filter((answer) => answer.endsWith('true'))).toHaveLength(1);
    expect(readdirSync(join(folder, 'server'))).toEqual(['keyring.json']);
  });
});
