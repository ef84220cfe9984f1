import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { sealFile } from '@/lib/crypto/local-file';
import { Versions, type Seen } from './versions';

const folder = () => mkdtempSync(path.join(os.tmpdir(), 'secret-store-versions-'));
const seed = randomBytes(32);
const fail = (error: unknown): never => {
  throw error;
};

const at = (version: number, epoch = 1, mark = 'm'): Seen => ({ version, epoch, mark });

test('the highest version of a secret is remembered, also by the next agent', () => {
  const where = folder();
  const versions = new Versions(where, seed, fail);
  versions.advance('a', at(3));
  versions.advance('a', at(2, 9));
  versions.save();
  expect(new Versions(where, seed, fail).seen('a')).toEqual(at(3));
  expect(new Versions(where, seed, fail).seen('b').version).toBe(0);
});

test('a memory that was altered is not used, and not overwritten', () => {
  const where = folder();
  const versions = new Versions(where, seed, fail);
  versions.advance('a', at(3));
  versions.save();
  const file = path.join(where, 'versions.sealed');
  const content = readFileSync(file);
  content[content.length - 1] = (content.at(-1) ?? 0) ^ 1;
  writeFileSync(file, content);
  expect(() => new Versions(where, seed, fail)).toThrow(/altered or is damaged/);
  expect(readFileSync(file)).toEqual(content);
});

test('of one version the newest epoch is remembered, and no older one comes back', () => {
  const versions = new Versions(folder(), seed, fail);
  versions.advance('a', at(3, 1));
  versions.advance('a', at(3, 2));
  versions.advance('a', at(3, 1));
  expect(versions.seen('a')).toEqual(at(3, 2));
});

test('a memory of an earlier version of this program is read: it knew no epochs', () => {
  const where = folder();
  writeFileSync(path.join(where, 'versions.sealed'), sealFile(seed, 'versions', Buffer.from('[["a",3]]')), { mode: 0o600 });
  const versions = new Versions(where, seed, fail);
  expect(versions.seen('a')).toEqual({ version: 3, epoch: 0, mark: '' });
  versions.advance('a', at(3, 1));
  expect(versions.seen('a')).toEqual(at(3, 1));
});

test('a mark tells a value from another one, is bound to secret and version, and is another one on another worker', () => {
  const versions = new Versions(folder(), seed, fail);
  const other = new Versions(folder(), randomBytes(32), fail);
  const [one, two] = [Buffer.from('one'), Buffer.from('two')];
  expect(versions.mark('a', 1, one)).toBe(versions.mark('a', 1, one));
  expect(new Set([versions.mark('a', 1, one), versions.mark('a', 1, two), versions.mark('b', 1, one), versions.mark('a', 2, one), other.mark('a', 1, one)]).size).toBe(5);
});
