import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogFile } from './log-file';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a log file', () => {
  test('is readable by its owner only', () => {
    const file = path.join(folder, 'web.log');
    new LogFile(file).write('a line\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('goes on where an earlier run ended', () => {
    const file = path.join(folder, 'web.log');
    new LogFile(file).write('one\n');
    new LogFile(file).write('two\n');
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  });

  test('and the one before take no more room than twice the limit', () => {
    const log = new LogFile(path.join(folder, 'web.log'), 1_000);
    for (let i = 0; i < 200; i++) log.write(`${'x'.repeat(99)}\n`);
    expect(readdirSync(folder)).toEqual(['web.log', 'web.log.1']);
    for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).size).toBeLessThanOrEqual(1_000);
  });

  test('that cannot be written stops nobody', () => {
    expect(() => new LogFile(path.join(folder, 'missing', 'web.log')).write('a line\n')).not.toThrow();
  });
});
