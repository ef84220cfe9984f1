import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildInspector } from '@/e2e/support/upload';
import { inspectModule } from './in-thread';
import { moduleBytes } from './testing/modules';

let folder: string;

beforeAll(async () => {
  await buildInspector();
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-inspect-'));
});

const fileOf = (name: string, bytes: Buffer) => {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

describe('an inspection in a thread', () => {
  test('finds what there is, several at once', async () => {
    const file = fileOf('good.jar', moduleBytes());
    const found = await Promise.all(Array.from({ length: 5 }, () => inspectModule({ path: file, factory: 'com.example.Factory' })));
    for (const inspection of found) expect(inspection.candidates).toMatchObject([{ className: 'com.example.Factory', usable: true }]);
  });

  test('refuses with reason, message and entry', async () => {
    await expect(inspectModule({ path: fileOf('evil.jar', moduleBytes([{ name: '../x', content: 'x' }])) })).rejects.toMatchObject({ name: 'ModuleRefused', reason: 'path', entry: '../x', message: expect.stringContaining('leads out') });
  });

  test('leaves the event loop to others', async () => {
    const parts = Array.from({ length: 4_000 }, (_, index) => ({ name: `n${index}.txt`, content: 'some text that is there again and again. '.repeat(400) }));
    const file = fileOf('large.jar', moduleBytes(parts));
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const began = performance.now();
    await inspectModule({ path: file });
    const took = performance.now() - began;
    clearInterval(watch);
    expect(longest).toBeLessThan(Math.max(100, took / 2));
  });

  test('of a file that is not there is an error, not a refusal', async () => {
    await expect(inspectModule({ path: path.join(folder, 'none.jar') })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
