import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/**
 * An append-only log file of bounded size: when it is full it becomes `NAME.1`, replacing the one before. Readable by
 * its owner only. Never throws: a full disk must not stop what is being logged about.
 */
export class LogFile {
  private descriptor: number | undefined;
  private size = 0;

  constructor(
    private readonly path: string,
    private readonly limit = 10 * 1024 * 1024,
  ) {}

  write(chunk: Uint8Array | string): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    try {
      this.descriptor ??= this.open();
      if (this.size + bytes.length > this.limit && this.size > 0) this.turnOver();
      writeSync(this.descriptor, bytes);
      this.size += bytes.length;
    } catch {
      this.close();
    }
  }

  close(): void {
    const descriptor = this.descriptor;
    this.descriptor = undefined;
    if (descriptor === undefined) return;
    try {
      closeSync(descriptor);
    } catch {
      // Nothing can be done about it, and nothing depends on it.
    }
  }

  private open(): number {
    const descriptor = openSync(this.path, 'a', 0o600);
    this.size = fstatSync(descriptor).size;
    return descriptor;
  }

  private turnOver(): void {
    this.close();
    renameSync(this.path, `${this.path}.1`);
    this.descriptor = this.open();
  }
}
