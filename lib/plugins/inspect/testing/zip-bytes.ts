import { crc32, deflateRawSync } from 'node:zlib';

/** The fields of a header; whatever a test overrides is written as it says, right or wrong. */
export interface Fields {
  flags: number;
  method: number;
  crc: number;
  compressed: number;
  size: number;
  name: Buffer;
  extra: Buffer;
  offset: number;
  attributes: number;
  madeBy: number;
}

export interface Part {
  name: string | Buffer;
  content?: Buffer | string;
  /** What stands in the file in place of the packed content. */
  packed?: Buffer;
  store?: boolean;
  local?: Partial<Fields>;
  central?: Partial<Fields>;
  /** Bytes behind the data: a data descriptor, or a gap. */
  behind?: Buffer;
  /** False for a file that the list of entries does not have. */
  listed?: boolean;
}

export interface Ending {
  before?: Buffer;
  /** Whether offsets count what stands before the archive, as self-extracting ones do. */
  countBefore?: boolean;
  betweenListAndEnd?: Buffer;
  comment?: Buffer;
  after?: Buffer;
  end?: Partial<{ disk: number; firstDisk: number; here: number; total: number; length: number; start: number; commentLength: number }>;
}

const u16 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255]);
const u32 = (value: number) => Buffer.from([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255]);
const signature = (text: string) => Buffer.from(text, 'latin1');

/** An archive, byte by byte: as it should be, but for what a test says otherwise. */
export function zipBytes(parts: Part[], ending: Ending = {}): Buffer {
  const pieces: Buffer[] = [ending.before ?? Buffer.alloc(0)];
  const base = ending.countBefore ? 0 : (ending.before?.length ?? 0);
  let at = pieces[0]?.length ?? 0;
  const list: Buffer[] = [];
  const push = (...buffers: Buffer[]) => {
    for (const buffer of buffers) {
      pieces.push(buffer);
      at += buffer.length;
    }
  };
  for (const part of parts) {
    const content = Buffer.from(part.content ?? '');
    const packed = part.packed ?? (part.store ? content : deflateRawSync(content, { level: 6 }));
    const usual: Fields = {
      flags: 0x800, method: part.store ? 0 : 8, crc: crc32(content), compressed: packed.length, size: content.length,
      name: Buffer.from(part.name), extra: Buffer.alloc(0), offset: at - base, attributes: 0, madeBy: 20,
    };
    const local = { ...usual, ...part.local };
    const central = { ...usual, ...part.central };
    push(signature('PK\u0003\u0004'), u16(20), u16(local.flags), u16(local.method), u32(0), u32(local.crc), u32(local.compressed), u32(local.size), u16(local.name.length), u16(local.extra.length), local.name, local.extra);
    push(packed, part.behind ?? Buffer.alloc(0));
    if (part.listed === false) continue;
    list.push(
      signature('PK\u0001\u0002'), u16(central.madeBy), u16(20), u16(central.flags), u16(central.method), u32(0), u32(central.crc), u32(central.compressed), u32(central.size),
      u16(central.name.length), u16(central.extra.length), u16(0), u16(0), u16(0), u32(central.attributes), u32(central.offset), central.name, central.extra,
    );
  }
  const start = at - base;
  push(Buffer.concat(list));
  const count = parts.filter(({ listed }) => listed !== false).length;
  const comment = ending.comment ?? Buffer.alloc(0);
  const end = { disk: 0, firstDisk: 0, here: count, total: count, length: at - base - start, start, commentLength: comment.length, ...ending.end };
  push(ending.betweenListAndEnd ?? Buffer.alloc(0));
  push(signature('PK\u0005\u0006'), u16(end.disk), u16(end.firstDisk), u16(end.here), u16(end.total), u32(end.length), u32(end.start), u16(end.commentLength), comment, ending.after ?? Buffer.alloc(0));
  return Buffer.concat(pieces);
}

/** An extra field. */
export function extraField(id: number, data: Buffer): Buffer {
  return Buffer.concat([u16(id), u16(data.length), data]);
}

/** The locator that says where the end of a zip64 archive is. */
export function zip64Locator(offset: number): Buffer {
  return Buffer.concat([signature('PK\u0006\u0007'), u32(0), u32(offset), u32(0), u32(1)]);
}
