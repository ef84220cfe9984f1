import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestApi } from '@/e2e/support/api';

/** Stands in every marked value; nothing that the product writes has it by chance. */
const mark = 'Cnry7KqZ';
let count = 0;

/** A marked value that has the form of no name: what a password, a token or a key of another service looks like. */
export const markedText = () => `${mark}-${++count}/+=!`;

/** A marked value in the form of an API key. */
export const markedKey = () => `sim${mark}${String(++count).padStart(17, 'k')}`;

/** The ways in which the mark can be written: as it is, without its case, in hexadecimal, and in base64 at each offset. */
const writings = [mark, mark.toLowerCase(), mark.toUpperCase()].flatMap((text) => {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((offset) => Buffer.concat([Buffer.alloc(offset, 0x20), bytes]).toString('base64').slice(offset + 1, offset + 9));
  return [text, bytes.toString('hex'), ...base64, ...base64.map((each) => each.replaceAll('+', '-').replaceAll('/', '_'))];
});

/** The places in a text where the mark stands, with what is around it. */
export function marksIn(text: string): string[] {
  return [...new Set(writings)].flatMap((writing) => {
    const found = text.indexOf(writing);
    return found < 0 ? [] : [text.slice(Math.max(0, found - 120), found + 60)];
  });
}

/** Every row of every table as text, binary columns in hexadecimal. */
export async function databaseAsText(api: TestApi): Promise<string> {
  const tables = await api.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await api.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`);
    texts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return texts.join('\n');
}

/** The content of every file below a folder. */
export async function filesAsText(folder: string): Promise<string> {
  const texts: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) texts.push((await readFile(path.join(entry.parentPath, entry.name))).toString('latin1'));
  }
  return texts.join('\n');
}
