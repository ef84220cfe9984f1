import { crc32, inflateRawSync } from 'node:zlib';
import { Entry, type LocalFileHeader } from 'yauzl';
import type { ArchiveEntry, Directory } from './directory';
import type { FileWindow } from './file-window';
import { ModuleRefused, refuseEntry } from './refusal';

/** An entry and where its data begins. */
export interface LocatedEntry extends ArchiveEntry {
  data: number;
}

/**
 * The entries in the order in which their data stands. Refused: local headers that say other than the directory, entries
 * that share bytes with one another or with the directory, bytes in front of the first one.
 */
export function locateEntries(directory: Directory): { entries: LocatedEntry[]; gaps: boolean } {
  const entries: LocatedEntry[] = [];
  let end = 0;
  let gaps = false;
  for (const entry of directory.entries.toSorted((a, b) => a.offset - b.offset)) {
    if (entries.length === 0 && entry.offset > 0) throw new ModuleRefused('before', 'There are bytes before the archive. Upload the JAR as it was built, with no script or other file in front.');
    if (entry.offset < end) refuseEntry('overlap', entry.name, 'shares bytes with another entry, as a decompression bomb does. Build the JAR again.');
    // What may stand behind an entry's data is its data descriptor, 16 bytes at most.
    gaps ||= entry.offset - end > 16;
    const header = localHeader(directory, entry);
    checkHeader(header, entry);
    entries.push({ ...entry, data: header.fileDataStart });
    end = header.fileDataStart + entry.compressed;
  }
  if (end > directory.start) throw new ModuleRefused('overlap', 'An entry shares bytes with the list of entries. Build the JAR again.');
  return { entries, gaps: gaps || directory.start - end > 16 };
}

function checkHeader(header: LocalFileHeader, entry: ArchiveEntry): void {
  if (header.fileName.toString('utf8') !== entry.name) refuseEntry('disagreement', entry.name, 'has another name where its data stands: two readers would see two modules. Build the JAR again.');
  if ((header.generalPurposeBitFlag & 0x2041) !== 0) refuseEntry('encrypted', entry.name, 'is encrypted. Build the JAR without a password.');
  if (header.compressedSize === 0xffffffff || header.uncompressedSize === 0xffffffff) refuseEntry('zip64', entry.name, 'is in the zip64 form, which no plugin needs. Build the JAR without it.');
  // Whoever wrote the archive as a stream knew sizes and checksum only afterwards, and left them 0 here.
  const later = (header.generalPurposeBitFlag & 8) !== 0;
  const differs = (there: number, here: number) => there !== here && !(later && here === 0);
  const two = differs(entry.compressed, header.compressedSize) || differs(entry.size, header.uncompressedSize) || differs(entry.crc32, header.crc32);
  if (two || header.compressionMethod !== (entry.deflated ? 8 : 0)) refuseEntry('disagreement', entry.name, 'has two different sizes, checksums or methods: two readers would see two modules. Build the JAR again.');
}

/** The library calls back at once, as our file answers at once. */
function localHeader({ zip }: Directory, entry: ArchiveEntry): LocalFileHeader {
  const wanted = Object.assign(new Entry(), { relativeOffsetOfLocalHeader: entry.offset, compressedSize: entry.compressed });
  let found: LocalFileHeader | undefined;
  let cut = false;
  zip.readLocalFileHeader(wanted, (error, header) => {
    if (error) cut = /overflows/.test(error.message);
    else found = header;
  });
  if (!found) refuseEntry('damaged', entry.name, cut ? 'would reach beyond the end of the file. Copy the JAR again.' : 'is not where the archive says it is. Build or copy the JAR again.');
  return found;
}

/** The bytes of one entry. Throws ModuleRefused unless they are exactly what the directory says; never holds more than that. */
export function readEntry(file: FileWindow, entry: LocatedEntry): Buffer {
  const packed = file.view(entry.data, entry.compressed);
  const bytes = entry.deflated ? inflate(packed, entry) : packed;
  if (crc32(bytes) !== entry.crc32) refuseEntry('checksum', entry.name, 'does not have its checksum: it was damaged. Build or copy the JAR again.');
  return bytes;
}

function inflate(packed: Buffer, entry: ArchiveEntry): Buffer {
  let buffer: Buffer;
  let used: number;
  try {
    // One byte more than said fits in, so that more than said is seen without being unpacked.
    const result = inflateRawSync(packed, { chunkSize: Math.max(64, entry.size + 1), maxOutputLength: Math.max(1, entry.size), info: true }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    buffer = result.buffer;
    used = result.engine.bytesWritten;
  } catch (error) {
    const more = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return more ? lie(entry, 'unpacks to more than it says') : refuseEntry('damaged', entry.name, 'cannot be unpacked. Build or copy the JAR again.');
  }
  if (buffer.length !== entry.size) lie(entry, buffer.length < entry.size ? 'unpacks to less than it says' : 'unpacks to more than it says');
  if (used !== packed.length) lie(entry, 'is followed by bytes that belong to nothing');
  return buffer;
}

const lie = (entry: ArchiveEntry, what: string) => refuseEntry('size-lie', entry.name, `${what}. Build the JAR again.`);
