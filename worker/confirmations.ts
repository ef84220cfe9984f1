import path from 'node:path';
import { z } from 'zod';
import { fingerprint } from '@/lib/crypto/keys';
import type { WorkerKeys } from '@/lib/crypto/statement';
import { FolderError, readPrivate, writePrivate } from './files';

const confirmedFile = z.strictObject({ format: z.literal('secret-store-approved/1'), fingerprints: z.array(z.string().regex(/^[0-9a-f]{32}$/)) });

const digits = (print: string) => print.toLowerCase().replaceAll(/[^0-9a-z]/g, '');

/** 32 hex digits of what was typed, however it was grouped; undefined when it is no fingerprint. */
export function readFingerprint(typed: string): string | undefined {
  const hex = digits(typed);
  return /^[0-9a-f]{32}$/.test(hex) ? hex : undefined;
}

/**
 * Fingerprints that somebody confirmed on this very machine: `approved.json`. With `--approve-here` this worker hands keys
 * only to workers in it, whatever the server has signed: then not even someone who has the server gets a key.
 */
export class Confirmations {
  readonly #file: string;

  /** Why nobody counts as confirmed at the moment; null when the file can be read. */
  fault: string | null = null;

  constructor(folder: string, readonly required: boolean) {
    this.#file = path.join(folder, 'approved.json');
  }

  #read(): string[] {
    const content = readPrivate(this.#file);
    if (!content) return [];
    try {
      return confirmedFile.parse(JSON.parse(content.toString('utf8'))).fingerprints;
    } catch {
      throw new FolderError(`${this.#file} is damaged, and was left as it is. Move it away, and confirm the workers again with "secret-store agent approve".`);
    }
  }

  /** Nobody, while the file cannot be read: algorithms start all the same. */
  allows({ boxKey, signKey }: WorkerKeys): boolean {
    if (!this.required) return true;
    try {
      const confirmed = this.#read().includes(digits(fingerprint(boxKey, signKey)));
      this.fault = null;
      return confirmed;
    } catch (error) {
      if (!(error instanceof FolderError)) throw error;
      this.fault = error.message;
      return false;
    }
  }

  /** Throws FolderError when the file is damaged. */
  add(print: string): void {
    this.#write([...this.#read().filter((each) => each !== print), print]);
  }

  /** False when it was not there. Throws FolderError as `add` does. */
  remove(print: string): boolean {
    const before = this.#read();
    if (!before.includes(print)) return false;
    this.#write(before.filter((each) => each !== print));
    return true;
  }

  #write(fingerprints: string[]): void {
    writePrivate(this.#file, `${JSON.stringify({ format: 'secret-store-approved/1', fingerprints }, null, 2)}\n`);
  }
}
