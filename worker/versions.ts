import path from 'node:path';
import { openFile, sealFile } from '@/lib/crypto/local-file';
import { FolderError, readPrivate, writePrivate } from './files';

const label = 'versions';
const mostRemembered = 200_000;

/**
 * The highest version seen of each secret. The signature of an old value is as good as that of the current one, so only
 * memory tells a value that somebody put back in the database from the current one.
 */
export class Versions {
  readonly #file: string;
  readonly #seed: Uint8Array;
  readonly #highest = new Map<string, number>();
  readonly #failed: (error: unknown) => void;
  #dirty = false;

  constructor(folder: string, seed: Uint8Array, failed: (error: unknown) => void) {
    this.#file = path.join(folder, 'versions.sealed');
    this.#seed = seed;
    this.#failed = failed;
    const sealed = readPrivate(this.#file);
    if (!sealed) return;
    try {
      const entries = JSON.parse(openFile(seed, label, sealed).toString('utf8')) as [string, number][];
      for (const [id, version] of entries) this.#highest.set(id, version);
    } catch {
      throw new FolderError(`${this.#file} was altered or is damaged. It says which values are old; remove it only if you know why it changed: the worker then trusts the versions that it sees next.`);
    }
  }

  highest(secretId: string): number {
    return this.#highest.get(secretId) ?? 0;
  }

  advance(secretId: string, version: number): void {
    if (version <= this.highest(secretId)) return;
    this.#highest.delete(secretId);
    this.#highest.set(secretId, version);
    if (this.#highest.size > mostRemembered) for (const oldest of this.#highest.keys()) {
      this.#highest.delete(oldest);
      break;
    }
    this.#dirty = true;
  }

  /** An operator put an older backup of the database in place, and says so. */
  forget(): void {
    this.#highest.clear();
    this.#dirty = true;
  }

  /** Writes what changed. A full disk is reported and does not stop starts: the memory holds while the agent runs. */
  save(): void {
    if (!this.#dirty) return;
    try {
      writePrivate(this.#file, sealFile(this.#seed, label, Buffer.from(JSON.stringify([...this.#highest]))));
      this.#dirty = false;
    } catch (error) {
      this.#failed(error);
    }
  }
}
