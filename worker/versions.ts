import { createHmac } from 'node:crypto';
import path from 'node:path';
import { deriveSecret } from '@/lib/crypto/derive';
import { openFile, sealFile } from '@/lib/crypto/local-file';
import { FolderError, readPrivate, writePrivate } from './files';

const label = 'versions';
const mostRemembered = 200_000;

/** What this worker has seen of a secret last. */
export interface Seen {
  version: number;
  /** The pool epoch that this version was sealed for. */
  epoch: number;
  /** What tells this version's value from another one, to this worker alone; '' when it has not opened it. */
  mark: string;
}

type Entry = [secretId: string, version: number, epoch?: number, mark?: string];

const never: Seen = { version: 0, epoch: 0, mark: '' };

/** Whether something is older than what was seen: an older version, or the same one as it was sealed for an older pool key. */
export function isOlder(than: Pick<Seen, 'version' | 'epoch'>, { version, epoch }: Pick<Seen, 'version' | 'epoch'>): boolean {
  return version < than.version || (version === than.version && epoch < than.epoch);
}

/**
 * The highest version seen of each secret. The signature of an old value is as good as that of the current one, so only
 * memory tells a value that somebody put back in the database from the current one. A version may be sealed again for a newer
 * pool epoch; its value never changes, which the mark proves.
 */
export class Versions {
  readonly #file: string;
  readonly #seed: Uint8Array;
  readonly #markKey: Buffer;
  readonly #seen = new Map<string, Seen>();
  readonly #failed: (error: unknown) => void;
  #dirty = false;

  constructor(folder: string, seed: Uint8Array, failed: (error: unknown) => void) {
    this.#file = path.join(folder, 'versions.sealed');
    this.#seed = seed;
    this.#markKey = deriveSecret(seed, 'value-mark/v1');
    this.#failed = failed;
    const sealed = readPrivate(this.#file);
    if (!sealed) return;
    try {
      const entries = JSON.parse(openFile(seed, label, sealed).toString('utf8')) as Entry[];
      for (const [id, version, epoch = 0, mark = ''] of entries) this.#seen.set(id, { version, epoch, mark });
    } catch {
      throw new FolderError(`${this.#file} was altered or is damaged. It says which values are old; remove it only if you know why it changed: the worker then trusts the versions that it sees next.`);
    }
  }

  seen(secretId: string): Seen {
    return this.#seen.get(secretId) ?? never;
  }

  /** The mark of a value: 16 bytes of an HMAC under a key of this worker's own, base64url. */
  mark(secretId: string, version: number, value: Uint8Array): string {
    return createHmac('sha256', this.#markKey).update(`${secretId}\0${version}\0`).update(value).digest().subarray(0, 16).toString('base64url');
  }

  advance(secretId: string, next: Seen): void {
    const known = this.seen(secretId);
    const isNews = isOlder(next, known) || (known.version === next.version && known.mark === '' && next.mark !== '');
    if (!isNews || isOlder(known, next)) return;
    this.#seen.delete(secretId);
    this.#seen.set(secretId, next);
    if (this.#seen.size > mostRemembered) for (const oldest of this.#seen.keys()) {
      this.#seen.delete(oldest);
      break;
    }
    this.#dirty = true;
  }

  /** An operator put an older backup of the database in place, and says so. */
  forget(): void {
    this.#seen.clear();
    this.#dirty = true;
  }

  /** Writes what changed. A full disk is reported and does not stop starts: the memory holds while the agent runs. */
  save(): void {
    if (!this.#dirty) return;
    try {
      writePrivate(this.#file, sealFile(this.#seed, label, Buffer.from(JSON.stringify([...this.#seen].map(([id, { version, epoch, mark }]): Entry => [id, version, epoch, mark])))));
      this.#dirty = false;
    } catch (error) {
      this.#failed(error);
    }
  }
}
