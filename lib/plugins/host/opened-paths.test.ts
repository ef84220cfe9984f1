import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demandOpenable, openingProblem, readKeyStore } from './opened-paths';

let folder: string;
const at = (...parts: string[]) => path.join(folder, ...parts);
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-opened-'));
  for (const each of ['data/server', 'data/worker', 'database', 'beside']) mkdirSync(at(each), { recursive: true });
  writeFileSync(at('data/server/keyring.json'), '{"keyring": true}', { mode: 0o600 });
  symlinkSync(at('data/worker'), at('beside/link'));
  symlinkSync(at('data'), at('also-data'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what is opened to a plugin', () => {
  test.each([
    ['the data folder', ['data'], /own data/],
    ['a folder in it', ['data', 'server'], /own data/],
    ['a file in it', ['data', 'server', 'keyring.json'], /own data/],
    ['a folder around it', [], /own data/],
    ['a link into it', ['beside', 'link'], /own data/],
    ['a link to it', ['also-data'], /own data/],
  ])('is never %s', (_what, parts, why) => {
    for (const data of ['data', 'also-data']) expect(() => demandOpenable(at(...parts), at(data))).toThrow(why);
  });

  test.each(['/', '/proc', '/proc/self', '/sys', '/dev/shm'])('is never %s', (each) => {
    expect(() => demandOpenable(each, undefined)).toThrow(/processes and devices/);
  });

  test('may be another folder, also one whose name begins alike, and one that is not there', () => {
    for (const each of ['beside', 'database', 'nothing']) expect(openingProblem(at(each), at('data'))).toBeUndefined();
    expect(openingProblem(at('beside'), undefined)).toBeUndefined();
  });
});

describe('a key store', () => {
  test('is known by its first bytes', async () => {
    for (const [name, hex] of [['a.jks', 'feedfeed00000002'], ['a.jceks', 'cececece00000002'], ['short.p12', '3050020103304b'], ['a.p12', '30820a2f02010330820a'], ['streamed.p12', '30800201033080']] as const) {
      writeFileSync(at(name), Buffer.from(hex, 'hex'));
      expect(await readKeyStore(at(name))).toEqual(Buffer.from(hex, 'hex'));
    }
  });

  test('is no text, no other DER, no folder, and nothing that never ends', async () => {
    writeFileSync(at('empty'), '');
    writeFileSync(at('0300'), Buffer.from('30820a2f020100', 'hex'));
    execFileSync('mkfifo', [at('fifo')]);
    for (const each of ['data/server/keyring.json', 'empty', '0300', 'beside', 'fifo']) expect(await readKeyStore(at(each))).toBeUndefined();
    expect(await readKeyStore('/dev/zero')).toBeUndefined();
  });
});
