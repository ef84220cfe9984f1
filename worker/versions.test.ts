import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Versions } from './versions';

const folder = () => mkdtempSync(path.join(os.tmpdir(), 'secret-store-versions-'));
const seed = randomBytes(32);
const fail = (error: unknown): never => {
  throw error;
};

test('the highest version of a secret is remembered, also by the next agent', () => {
  const where = folder();
  const versions = new Versions(where, seed, fail);
  versions.advance('a', 3);
  versions.advance('a', 2);
  versions.save();
  expect(new Versions(where, seed, fail).highest('a')).toBe(3);
  expect(new Versions(where, seed, fail).highest('b')).toBe(0);
});

test('a memory that was altered is not used, and not overwritten', () => {
  const where = folder();
  const versions = new Versions(where, seed, fail);
  versions.advance('a', 3);
  versions.save();
  const file = path.join(where, 'versions.sealed');
  const content = readFileSync(file);
  content[content.length - 1] = (content.at(-1) ?? 0) ^ 1;
  writeFileSync(file, content);
  expect(() => new Versions(where, seed, fail)).toThrow(/altered or is damaged/);
  expect(readFileSync(file)).toEqual(content);
});
