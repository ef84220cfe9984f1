import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ModuleCache, ModuleUnavailable } from './module-cache';

const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');
let folder: string;
let stored: Buffer[];
let fetched: number;
let cache: ModuleCache;

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'secret-store-modules-')), 'modules');
  stored = [content.subarray(0, 100_000), content.subarray(100_000)];
  fetched = 0;
  cache = new ModuleCache(folder, async function* fetch() {
    fetched++;
    yield* stored;
  });
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

describe('a cached module', () => {
  test('is fetched once, readable by its owner only', async () => {
    const [file, same] = await Promise.all([cache.get(sha256), cache.get(sha256)]);
    expect(await readFile(await cache.get(sha256))).toEqual(content);
    expect([same, fetched, (await stat(file)).mode & 0o777, (await stat(folder)).mode & 0o777]).toEqual([file, 1, 0o600, 0o700]);
    expect(await readdir(folder)).toEqual([`${sha256}.jar`]);
  });

  test.each([
    ['changed', (file: string) => writeFile(file, Buffer.concat([content.subarray(1), Buffer.of(7)]))],
    ['cut short', (file: string) => writeFile(file, content.subarray(0, 10))],
    ['replaced by a link', async (file: string) => {
      await writeFile(`${file}.other`, content);
      await rm(file);
      await symlink(`${file}.other`, file);
    }],
  ])('that was %s is fetched again', async (_how, harm) => {
    const file = await cache.get(sha256);
    await harm(file);
    expect(await readFile(await cache.get(sha256))).toEqual(content);
    expect([fetched, (await stat(file)).isFile()]).toEqual([2, true]);
  });

  test.each([
    ['a flipped bit', () => [Buffer.concat([content.subarray(0, -1), Buffer.of((content.at(-1) ?? 0) ^ 1)])], /no longer has its hash/],
    ['a missing piece', () => [content.subarray(0, 100_000)], /no longer has its hash/],
    ['nothing', () => [], /is not stored/],
  ])('that is stored with %s is refused, and leaves no file', async (_what, now, says) => {
    stored = now();
    await expect(cache.get(sha256)).rejects.toThrow(ModuleUnavailable);
    await expect(cache.get(sha256)).rejects.toThrow(says);
    expect(await readdir(folder)).toEqual([]);
  });

  test('whose name is no hash is refused', async () => {
    await expect(cache.get('../../etc/passwd')).rejects.toThrow(ModuleUnavailable);
  });

  test('that is no longer used goes, with what a crash left', async () => {
    const file = await cache.get(sha256);
    await writeFile(path.join(folder, `${'0'.repeat(64)}.jar`), 'x');
    await writeFile(path.join(folder, `${'1'.repeat(64)}.abc.part`), 'x');
    await cache.prune([sha256]);
    expect(await readdir(folder)).toEqual([path.basename(file)]);
  });
});
