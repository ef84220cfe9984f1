import { fromRandomAccessReaderPromise, getFileNameLowLevel, type Entry, type ZipFile } from 'yauzl';
import type { FileWindow } from './file-window';
import { moduleLimits } from './limits';
import { ModuleRefused, refuseEntry } from './refusal';

/** One file of an archive, as the central directory has it. */
export interface ArchiveEntry {
  name: string;
  /** Where its local header stands. */
  offset: number;
  compressed: number;
  size: number;
  crc32: number;
  deflated: boolean;
}

export interface Directory {
  zip: ZipFile;
  entries: ArchiveEntry[];
  /** Where the central directory begins. */
  start: number;
}

const endBytes = 22;
const headerBytes = 46;
const isDamaged = (what: string) => new ModuleRefused('damaged', `The archive is damaged: ${what}. Build or copy the JAR again.`);

/**
 * The central directory, held to the limits before anything is unpacked. yauzl parses it; what is checked here is what a
 * reader may be lax about. Throws ModuleRefused.
 */
export async function readDirectory(file: FileWindow): Promise<Directory> {
  demandSize(file.size);
  const zip = await fromRandomAccessReaderPromise(file, file.size, { decodeStrings: false, validateEntrySizes: false, autoClose: false }).catch((error: unknown) => {
    throw translate(error, file);
  });
  const { start, end } = demandEnd(zip, file);
  const entries: ArchiveEntry[] = [];
  const names = new Set<string>();
  let at = start;
  let unpacked = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const row = checkEntry(entry);
      if (names.has(row.name)) refuseEntry('duplicate', row.name, 'is in the archive twice, and two readers would see two modules. Build the JAR with each file once.');
      names.add(row.name);
      unpacked += row.size;
      if (unpacked > moduleLimits.unpackedBytes) throw new ModuleRefused('unpacked-size', 'The archive unpacks to more than 512 MB. Build a smaller JAR.');
      at += headerBytes + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
      entries.push(row);
    }
  } catch (error) {
    if (error instanceof ModuleRefused) throw error;
    throw error instanceof Error && /encryption/.test(error.message) ? new ModuleRefused('encrypted', 'The archive is encrypted. Build the JAR without a password.') : isDamaged('its list of entries cannot be read');
  }
  if (at !== end) throw isDamaged('its list of entries is not as long as it says');
  if (entries.length === 0) throw new ModuleRefused('not-a-zip', 'The archive is empty. Upload the JAR that holds the plugin.');
  return { zip, entries, start };
}

function demandSize(size: number): void {
  if (size > moduleLimits.fileBytes) throw new ModuleRefused('too-large', 'The file is over 100 MB. Build a smaller JAR.');
  if (size === 0) throw new ModuleRefused('not-a-zip', 'The file is empty. Upload the JAR that holds the plugin.');
}

/** yauzl's errors are for programmers, and some quote the archive. */
function translate(error: unknown, file: FileWindow): ModuleRefused {
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('Invalid comment length')) return new ModuleRefused('after', 'There are bytes after the end of the archive. Upload the JAR as it was built, with nothing appended.');
  if (/multi-disk/.test(message)) return new ModuleRefused('several-disks', 'The archive is one part of several. Upload a JAR in one piece.');
  const tail = file.view(Math.max(0, file.size - 65_600), Math.min(file.size, 65_600));
  if (tail.includes('PK\u0006\u0007', 0, 'latin1')) return zip64();
  if (file.size >= 4 && file.view(0, 2).toString('latin1') === 'PK') return new ModuleRefused('damaged', 'The archive has no end: it was cut off on its way. Copy the JAR again.');
  return new ModuleRefused('not-a-zip', 'The file is no JAR (a ZIP archive). Upload the JAR that holds the plugin.');
}

const zip64 = () => new ModuleRefused('zip64', 'The archive is in the zip64 form, which no plugin needs. Build the JAR without it.');

/** Where the central directory begins and ends, by the record at the archive's end. */
function demandEnd(zip: ZipFile, file: FileWindow): { start: number; end: number } {
  const comment = zip.comment as unknown as Buffer;
  const end = file.size - endBytes - comment.length;
  if (end >= 20 && file.view(end - 20, 4).readUInt32LE(0) === 0x07064b50) throw zip64();
  const record = file.view(end, endBytes);
  const [disk, firstDisk, here, total] = [4, 6, 8, 10].map((offset) => record.readUInt16LE(offset)) as [number, number, number, number];
  const length = record.readUInt32LE(12);
  const start = record.readUInt32LE(16);
  if (total === 0xffff || length === 0xffffffff || start === 0xffffffff) throw zip64();
  if (disk !== 0 || firstDisk !== 0 || here !== total) throw new ModuleRefused('several-disks', 'The archive is one part of several. Upload a JAR in one piece.');
  if (total > moduleLimits.entries) throw new ModuleRefused('too-many-entries', 'The archive has more than 65,534 entries. Build a smaller JAR.');
  // Offsets that count from a later place than the file's start are how an archive hides behind another file.
  if (start + length < end) throw new ModuleRefused('before', 'There are bytes before the archive, or between its list of entries and its end. Upload the JAR as it was built, with no script or other file in front.');
  if (start + length > end) throw isDamaged('its list of entries would reach beyond its end');
  // A second end inside the comment is what another reader may take for the end.
  if (comment.includes('PK\u0005\u0006', 0, 'latin1')) throw new ModuleRefused('after', 'The archive has a second end in its comment. Build the JAR again, without a comment.');
  return { start, end };
}

function checkEntry(entry: Entry): ArchiveEntry {
  const raw = entry.fileName as unknown as Buffer;
  const name = decodeName(raw);
  const { generalPurposeBitFlag: flags, compressionMethod: method, compressedSize: compressed, uncompressedSize: size } = entry;
  checkName(name);
  // Some readers take the name from this field: they would see another file.
  if (getFileNameLowLevel(flags | 0x800, raw, entry.extraFields, true) !== name) refuseEntry('name', name, 'has a second, other name. Build the JAR again with a current tool.');
  if ((flags & 0x2041) !== 0) refuseEntry('encrypted', name, 'is encrypted. Build the JAR without a password.');
  if (method !== 0 && method !== 8) refuseEntry('method', name, `is packed by method ${method}, which Java does not read. Build the JAR with "deflate" or "store".`);
  if (entry.extraFields.some(({ id }) => id === 1)) throw zip64();
  if ((entry.versionMadeBy >> 8 === 3 || entry.versionMadeBy >> 8 === 19) && (entry.externalFileAttributes >>> 28) === 0xa) refuseEntry('link', name, 'is a symbolic link. Build the JAR with the file itself.');
  if (size > moduleLimits.entryBytes) refuseEntry('entry-size', name, 'unpacks to more than 16 MB. Build the JAR without it.');
  if (method === 0 && compressed !== size) refuseEntry('size-lie', name, 'is stored as it is, and yet has two sizes. Build the JAR again.');
  if (size > moduleLimits.ratioFromBytes && size > compressed * moduleLimits.ratio) refuseEntry('ratio', name, 'unpacks to more than 200 times its size, as a decompression bomb does. Build the JAR without it.');
  if (name.endsWith('/') && size > 0) refuseEntry('disagreement', name, 'is a folder and has content. Build the JAR again.');
  return { name, offset: entry.relativeOffsetOfLocalHeader, compressed, size, crc32: entry.crc32, deflated: method === 8 };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeName(raw: Buffer): string {
  try {
    return utf8.decode(raw);
  } catch {
    return refuseEntry('name', raw.toString('latin1'), 'has a name that is no UTF-8, which Java refuses. Build the JAR with a current tool.');
  }
}

function checkName(name: string): void {
  if (name === '') refuseEntry('name', name, 'is in the archive. Build the JAR again.');
  if (name.length > 1_024) refuseEntry('name', name, 'has a name of more than 1,024 characters. Build the JAR without it.');
  if (name.includes('\0')) refuseEntry('name', name, 'has a NUL in its name. Build the JAR without it.');
  if (name.includes('\\')) refuseEntry('name', name, 'has a backslash in its name. Build the JAR with a tool that writes "/".');
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) refuseEntry('path', name, 'is an absolute path. Build the JAR with paths inside it.');
  if (name.split('/').includes('..')) refuseEntry('path', name, 'leads out of the archive by "..". Build the JAR without it.');
}
