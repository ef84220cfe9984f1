import { mkdtempSync, readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { formOf, jarForm } from '@/e2e/support/upload';
import { receiveUpload, type Upload } from './upload';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-upload-'));
process.env.SECRET_STORE_DATA_DIR = dataDir;
process.env.DATABASE_URL = 'postgres://localhost/none';
const rule = { field: 'provider', maxBytes: 1024 * 1024 };
const left = () => readdirSync(path.join(dataDir, 'server', 'uploads'));

function receive({ headers, body }: { headers: Record<string, string>; body: Buffer }): Promise<Upload> {
  return receiveUpload(new Request('http://localhost/', { method: 'POST', headers, body: new Uint8Array(body) }), rule);
}

describe('an upload', () => {
  test('of the largest size allowed arrives whole, readable by its owner only, and goes when told to', async () => {
    const content = Buffer.alloc(rule.maxBytes, 'x');
    const upload = await receive(jarForm(content));
    expect([upload.fileName, upload.size, (await stat(upload.path)).mode & 0o777]).toEqual(['plugin.jar', content.length, 0o600]);
    expect((await readFile(upload.path)).equals(content)).toBe(true);
    await upload.remove();
    expect(left()).toEqual([]);
  });

  test('may have text beside it, before and behind', async () => {
    const upload = await receive(formOf([{ field: 'a', content: 'x' }, { fileName: 'b.jar', content: 'jar' }, { field: 'c', content: 'x' }]));
    expect([upload.fileName, upload.size]).toEqual(['b.jar', 3]);
    await upload.remove();
  });

  test.each([
    ['of one byte more', jarForm(Buffer.alloc(rule.maxBytes + 1)), 'RequestTooLarge'],
    ['far larger', jarForm(Buffer.alloc(4 * rule.maxBytes)), 'RequestTooLarge'],
    ['cut short in the file', { ...jarForm(Buffer.alloc(300_000)), body: jarForm(Buffer.alloc(300_000)).body.subarray(0, 200_000) }, 'InputValidationError'],
    ['with another file behind', formOf([{ fileName: 'a', content: Buffer.alloc(500_000) }, { fileName: 'b', field: 'b', content: Buffer.alloc(500_000) }]), 'InputValidationError'],
    ['with another file cut short in front', { ...formOf([{ fileName: 'a', field: 'b', content: 'x' }]), body: formOf([{ fileName: 'a', field: 'b', content: 'x' }]).body.subarray(0, -20) }, 'InputValidationError'],
  ])('%s is refused, and nothing of it is left', async (_what, form, error) => {
    await expect(receive(form)).rejects.toMatchObject({ errorName: error });
    expect(left()).toEqual([]);
  });
});
