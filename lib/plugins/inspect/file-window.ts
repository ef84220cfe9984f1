import { readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

const windowBytes = 512 * 1024;

/**
 * A file read through one window that moves along: entries stand one after another, and a system call for each header
 * would cost more than the rest. Synchronous: it runs in a thread of its own.
 */
export class FileWindow extends RandomAccessReader {
  private readonly window = Buffer.allocUnsafe(windowBytes);
  private start = 0;
  private filled = 0;

  constructor(
    private readonly descriptor: number,
    readonly size: number,
  ) {
    super();
  }

  /** These bytes; valid until the next call. Throws a RangeError beyond the end of the file. */
  view(position: number, length: number): Buffer {
    if (position < 0 || position + length > this.size) throw new RangeError('beyond the end of the file');
    if (length > windowBytes) return this.fill(Buffer.allocUnsafe(length), position, length);
    if (position < this.start || position + length > this.start + this.filled) {
      const wanted = Math.min(windowBytes, this.size - position);
      this.filled = 0;
      this.fill(this.window, position, wanted);
      this.start = position;
      this.filled = wanted;
    }
    return this.window.subarray(position - this.start, position - this.start + length);
  }

  /** As the library asks for bytes. */
  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
    try {
      this.view(position, length).copy(buffer, offset);
    } catch (error) {
      callback(error as Error);
      return;
    }
    callback(null);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from([Buffer.from(this.view(start, end - start))]);
  }

  private fill(into: Buffer, position: number, length: number): Buffer {
    for (let done = 0; done < length; ) {
      const count = readSync(this.descriptor, into, done, length - done, position + done);
      if (count === 0) throw new RangeError('the file became shorter while it was read');
      done += count;
    }
    return into;
  }
}
