import { crc32, deflateRawSync } from 'node:zlib';
import type { RefusalReason } from '../refusal';
import { factory, goodParts, manifest, moduleBytes } from './modules';
import { extraField, zip64Locator, zipBytes, type Fields, type Part } from './zip-bytes';

export interface Evil {
  what: string;
  reason: RefusalReason;
  /** What its refusal names. */
  says: RegExp;
  bytes(): Buffer;
}

const both = (fields: Partial<Fields>): Pick<Part, 'local' | 'central'> => ({ local: fields, central: fields });
const named = (name: string | Buffer): Buffer => moduleBytes([{ name, content: 'x' }]);
const mebibyte = 1024 * 1024;
const zeros = (size: number) => ({ packed: deflateRawSync(Buffer.alloc(size), { level: 9 }), crc: crc32(Buffer.alloc(size)) });
const classPath = (value: string) => zipBytes([manifest(`Class-Path: ${value}`), { name: 'com/example/Factory.class', content: factory() }]);
const end = (fields: NonNullable<Parameters<typeof zipBytes>[1]>['end']) => moduleBytes([], { ...(fields && { end: fields }) });

/** Names within an archive that take the place of a real plugin's 15,000. */
function crowd(count: number, content = Buffer.alloc(0)): Part[] {
  return Array.from({ length: count }, (_, index) => ({ name: `n${index}`, content, store: true }));
}

/** Many names for one packed run of zeros. */
function sharedBomb(): Buffer {
  const one: Part = { name: 'bomb', ...bomb(900 * 1024) };
  const offset = zipBytes(goodParts()).indexOf('PK\u0001\u0002', 0, 'latin1');
  const others = Array.from({ length: 500 }, (_, index): Part => ({ name: `bomb${index}`, content: '', store: true, central: { ...one.central, method: 8, compressed: one.packed?.length ?? 0, offset } }));
  return zipBytes([...goodParts(), one, ...others]);
}

/** Every kind of archive that is refused, with the reason and what the refusal has to say. */
export const evils: Evil[] = [
  { what: 'an empty file', reason: 'not-a-zip', says: /empty/, bytes: () => Buffer.alloc(0) },
  { what: 'a file that is no archive', reason: 'not-a-zip', says: /no JAR/, bytes: () => Buffer.from('#!/bin/sh\necho hello\n'.repeat(100)) },
  { what: 'an archive without entries', reason: 'not-a-zip', says: /empty/, bytes: () => zipBytes([]) },
  { what: 'an archive cut off', reason: 'damaged', says: /cut off/, bytes: () => moduleBytes().subarray(0, -30) },
  { what: 'a script in front, offsets as they were', reason: 'before', says: /before the archive/, bytes: () => moduleBytes([], { before: Buffer.from('#!/bin/sh\nexec java -jar $0\n') }) },
  { what: 'a script in front, offsets counting it', reason: 'before', says: /before the archive/, bytes: () => moduleBytes([], { before: Buffer.from('#!/bin/sh\nexec java -jar $0\n'), countBefore: true }) },
  { what: 'a file in front that the list does not have', reason: 'before', says: /before the archive/, bytes: () => zipBytes([{ name: 'hidden', content: 'x', listed: false }, ...goodParts()]) },
  { what: 'bytes between the list and the end', reason: 'before', says: /between/, bytes: () => moduleBytes([], { betweenListAndEnd: Buffer.alloc(64) }) },
  { what: 'bytes behind the end', reason: 'after', says: /after the end/, bytes: () => moduleBytes([], { after: Buffer.from('<html>') }) },
  { what: 'another archive behind the end', reason: 'before', says: /before the archive/, bytes: () => moduleBytes([], { after: moduleBytes() }) },
  { what: 'a second end inside the comment', reason: 'after', says: /after the end|second end/, bytes: () => moduleBytes([], { comment: Buffer.concat([Buffer.from('PK\u0005\u0006', 'latin1'), Buffer.alloc(30)]) }) },
  { what: 'a part of several', reason: 'several-disks', says: /several/, bytes: () => end({ disk: 1, firstDisk: 1 }) },
  { what: 'a count for this disk that differs', reason: 'several-disks', says: /several/, bytes: () => end({ here: 1 }) },
  { what: 'fewer entries than it says', reason: 'damaged', says: /list of entries/, bytes: () => end({ here: 9, total: 9 }) },
  { what: 'more entries than it says', reason: 'damaged', says: /as long as it says/, bytes: () => end({ here: 1, total: 1 }) },
  { what: 'a list that reaches beyond the end', reason: 'damaged', says: /beyond its end/, bytes: () => end({ length: 9_999 }) },
  { what: 'zip64 by its count', reason: 'zip64', says: /zip64/, bytes: () => end({ here: 0xffff, total: 0xffff }) },
  { what: 'zip64 by its offset', reason: 'zip64', says: /zip64/, bytes: () => end({ start: 0xffffffff }) },
  { what: 'zip64 by its locator', reason: 'zip64', says: /zip64/, bytes: () => moduleBytes([], { betweenListAndEnd: zip64Locator(0) }) },
  { what: 'zip64 in an entry', reason: 'zip64', says: /zip64/, bytes: () => moduleBytes([{ name: 'a', content: 'x', central: { extra: extraField(1, Buffer.alloc(16)) } }]) },
  { what: 'zip64 in a local header', reason: 'zip64', says: /^a is/, bytes: () => moduleBytes([{ name: 'a', content: 'x', local: { compressed: 0xffffffff, size: 0xffffffff } }]) },
  { what: '65,535 entries', reason: 'zip64', says: /zip64/, bytes: () => zipBytes(crowd(65_535)) },
  { what: 'encryption', reason: 'encrypted', says: /^a is encrypted/, bytes: () => moduleBytes([{ name: 'a', content: 'x', ...both({ flags: 0x801 }) }]) },
  { what: 'strong encryption', reason: 'encrypted', says: /encrypted/, bytes: () => moduleBytes([{ name: 'a', content: 'x', ...both({ flags: 0x841 }) }]) },
  { what: 'encryption that only the local header tells of', reason: 'encrypted', says: /^a is encrypted/, bytes: () => moduleBytes([{ name: 'a', content: 'x', local: { flags: 0x801 } }]) },
  { what: 'a method that Java does not read', reason: 'method', says: /^a is packed by method 12/, bytes: () => moduleBytes([{ name: 'a', content: 'x', ...both({ method: 12 }) }]) },
  { what: 'the same name twice', reason: 'duplicate', says: /^com\/example\/Factory\.class is in the archive twice/, bytes: () => moduleBytes([{ name: 'com/example/Factory.class', content: factory() }]) },
  { what: 'a path by ".."', reason: 'path', says: /^a\/\.\.\/\.\.\/b leads out/, bytes: () => named('a/../../b') },
  { what: 'an absolute path', reason: 'path', says: /^\/etc\/passwd is an absolute/, bytes: () => named('/etc/passwd') },
  { what: 'a drive letter', reason: 'path', says: /^C:\/x is an absolute/, bytes: () => named('C:/x') },
  { what: 'a backslash', reason: 'name', says: /backslash/, bytes: () => named('..\\x') },
  { what: 'a NUL in a name', reason: 'name', says: /NUL/, bytes: () => named('a\0.class') },
  { what: 'an empty name', reason: 'name', says: /without a name/, bytes: () => named('') },
  { what: 'a name that is no UTF-8', reason: 'name', says: /UTF-8/, bytes: () => named(Buffer.from([0x61, 0xff, 0xfe])) },
  { what: 'a name without end', reason: 'name', says: /1,024 characters/, bytes: () => named('x'.repeat(60_000)) },
  { what: 'a second name in an extra field', reason: 'name', says: /^a has a second/, bytes: () => moduleBytes([{ name: 'a', content: 'x', central: { extra: extraField(0x7075, secondName('a', '../b')) } }]) },
  { what: 'a symbolic link', reason: 'link', says: /^a is a symbolic link/, bytes: () => moduleBytes([{ name: 'a', content: '/etc/passwd', central: { madeBy: 0x0314, attributes: 0xa1ff0000 } }]) },
  { what: 'entries that share bytes', reason: 'overlap', says: /shares bytes/, bytes: sharedBomb },
  { what: 'an entry that reaches into the list', reason: 'overlap', says: /shares bytes with the list/, bytes: () => moduleBytes([{ name: 'a', content: 'x'.repeat(40), store: true, ...both({ compressed: 80, size: 80 }) }]) },
  { what: 'an entry that reaches beyond the end', reason: 'damaged', says: /^a would reach/, bytes: () => moduleBytes([{ name: 'a', content: 'x', store: true, ...both({ compressed: 99_999, size: 99_999 }) }]) },
  { what: 'an entry that is not where it should be', reason: 'damaged', says: /^a is not where/, bytes: () => moduleBytes([{ name: 'a', content: 'x', local: { extra: Buffer.alloc(40) }, central: { offset: moduleBytes().indexOf('PK\u0001\u0002', 0, 'latin1') + 10 } }]) },
  { what: 'another name in the local header', reason: 'disagreement', says: /^a has another name/, bytes: () => moduleBytes([{ name: 'a', content: 'x', local: { name: Buffer.from('b') } }]) },
  { what: 'another size in the local header', reason: 'disagreement', says: /^a has two different/, bytes: () => moduleBytes([{ name: 'a', content: 'x', local: { size: 2 } }]) },
  { what: 'another method in the local header', reason: 'disagreement', says: /^a has two different/, bytes: () => moduleBytes([{ name: 'a', content: 'x', local: { method: 0 } }]) },
  { what: 'a folder with content', reason: 'disagreement', says: /^a\/ is a folder/, bytes: () => named('a/') },
  { what: 'an entry over 16 MB', reason: 'entry-size', says: /^big unpacks to more than 16 MB/, bytes: () => moduleBytes([{ name: 'big', ...bomb(17 * mebibyte) }]) },
  { what: 'a bomb within one entry', reason: 'ratio', says: /^big unpacks to more than 200/, bytes: () => moduleBytes([{ name: 'big', ...bomb(10 * mebibyte) }]) },
  { what: 'a bomb of many entries', reason: 'unpacked-size', says: /512 MB/, bytes: () => { const one = bomb(1024 * 1024); return zipBytes(Array.from({ length: 520 }, (_, index) => ({ name: `n${index}`, ...one }))); } },
  { what: 'a bomb that says it is small', reason: 'size-lie', says: /^big unpacks to more than it says/, bytes: () => { const { packed, crc } = zeros(64 * mebibyte); return moduleBytes([{ name: 'big', packed, ...both({ size: 1_000, crc }) }]); } },
  { what: 'an entry with less than it says', reason: 'size-lie', says: /^a unpacks to less/, bytes: () => moduleBytes([{ name: 'a', content: 'x', ...both({ size: 2 }) }]) },
  { what: 'bytes behind an entry’s packed data', reason: 'size-lie', says: /^a is followed by bytes/, bytes: () => moduleBytes([{ name: 'a', content: 'x', packed: Buffer.concat([deflateRawSync(Buffer.from('x')), Buffer.from('hidden')]) }]) },
  { what: 'a stored entry with two sizes', reason: 'size-lie', says: /^a is stored/, bytes: () => moduleBytes([{ name: 'a', content: 'x', store: true, ...both({ size: 2 }) }]) },
  { what: 'packed data that is noise', reason: 'damaged', says: /^a cannot be unpacked/, bytes: () => moduleBytes([{ name: 'a', content: 'x', packed: Buffer.from('\u00ff\u00ffnoise', 'latin1') }]) },
  { what: 'a flipped bit', reason: 'checksum', says: /^a does not have its checksum/, bytes: () => moduleBytes([{ name: 'a', content: 'x', store: true, packed: Buffer.from('y') }]) },
  { what: 'two manifests', reason: 'manifest', says: /two manifests/, bytes: () => moduleBytes([{ name: 'meta-inf/manifest.mf', content: 'Manifest-Version: 1.0\r\n\r\n' }]) },
  { what: 'a manifest that is none', reason: 'manifest', says: /no "Name: value"/, bytes: () => zipBytes([{ name: 'META-INF/MANIFEST.MF', content: 'hello\n' }]) },
  { what: 'a Class-Path with a URL', reason: 'class-path', says: /http:\/\/example\.com\/x\.jar, a URL/, bytes: () => classPath('lib/a.jar http://example.com/x.jar') },
  { what: 'a Class-Path with a file URL', reason: 'class-path', says: /a URL/, bytes: () => classPath('file:x.jar') },
  { what: 'a Class-Path with an absolute path', reason: 'class-path', says: /an absolute path/, bytes: () => classPath('/tmp/x.jar') },
  { what: 'a Class-Path with ".."', reason: 'class-path', says: /leads out/, bytes: () => classPath('lib/../../x.jar') },
  { what: 'a Class-Path with ".." in disguise', reason: 'class-path', says: /leads out/, bytes: () => classPath('%2e%2e/x.jar') },
  { what: 'a Class-Path broken over two lines', reason: 'class-path', says: /a URL/, bytes: () => classPath('ht\r\n tp://example.com/x.jar') },
];

function bomb(size: number): Omit<Part, 'name'> {
  const { packed, crc } = zeros(size);
  return { packed, ...both({ crc, size }) };
}

function secondName(first: string, second: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(1, 0);
  head.writeUInt32LE(crc32(Buffer.from(first)), 1);
  return Buffer.concat([head, Buffer.from(second)]);
}
