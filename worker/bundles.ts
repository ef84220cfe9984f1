import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { openFile, sealFile } from '@/lib/crypto/local-file';
import { bundleAnswer, type Bundle } from '@/lib/schemas/delivery';
import { privateFolder, readPrivate, writePrivate } from './files';

const mostAlgorithms = 2_000;
const mostBytes = 32 * 1024 * 1024;
const ending = '.sealed';
const markEveryMs = 60_000;

interface Held {
  bundle: Bundle;
  bytes: number;
  /** When its file was marked as used. */
  marked: number;
}

export function nameKey(owner: string, name: string): string {
  return `${owner}/${name}`.toLowerCase();
}

/**
 * The last good bundle of each algorithm, for the time when the delivery plane is away: in memory and, the values still
 * sealed and the file sealed once more to this worker, on disk. The least recently used go first.
 */
export class Bundles {
  readonly #folder: string;
  readonly #seed: Uint8Array;
  readonly #failed: (error: unknown) => void;
  readonly #held = new Map<string, Held>();
  readonly #ids = new Map<string, string>();
  #bytes = 0;

  constructor(folder: string, seed: Uint8Array, failed: (error: unknown) => void) {
    this.#folder = path.join(folder, 'bundles');
    this.#seed = seed;
    this.#failed = failed;
    privateFolder(this.#folder);
    this.#load();
  }

  #file(id: string): string {
    return path.join(this.#folder, `${id}${ending}`);
  }

  #load(): void {
    const files = readdirSync(this.#folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => ({ id: name.slice(0, -ending.length), used: statSync(path.join(this.#folder, name)).mtimeMs }))
      .sort((a, b) => a.used - b.used);
    for (const { id } of files) {
      try {
        const sealed = readPrivate(this.#file(id));
        if (!sealed) continue;
        const content = openFile(this.#seed, `bundles/${id}`, sealed);
        const bundle = bundleAnswer.parse(JSON.parse(content.toString('utf8')));
        if (bundle.algorithm.id === id) this.#hold(bundle, content.length);
      } catch {
        // Damaged or another worker's: it holds no key and is fetched anew.
        this.drop(id);
      }
    }
  }

  #hold(bundle: Bundle, bytes: number): void {
    const { id, owner, name } = bundle.algorithm;
    this.#forget(id);
    this.#held.set(id, { bundle, bytes, marked: performance.now() });
    this.#ids.set(nameKey(owner, name), id);
    this.#bytes += bytes;
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= mostAlgorithms && this.#bytes <= mostBytes) break;
      if (oldest !== id) this.drop(oldest);
    }
  }

  #forget(id: string): void {
    const held = this.#held.get(id);
    if (!held) return;
    const { owner, name } = held.bundle.algorithm;
    this.#bytes -= held.bytes;
    this.#held.delete(id);
    if (this.#ids.get(nameKey(owner, name)) === id) this.#ids.delete(nameKey(owner, name));
  }

  get size(): number {
    return this.#held.size;
  }

  /** Tags by algorithm id, the most recently used last. */
  tags(): [string, string][] {
    return [...this.#held].map(([id, { bundle }]) => [id, bundle.tag]);
  }

  /** The providers whose plugins the values of some bundle come from. */
  providers(): Set<string> {
    return new Set([...this.#held.values()].flatMap(({ bundle }) => bundle.providers?.map(({ id }) => id) ?? []));
  }

  has(id: string): boolean {
    return this.#held.has(id);
  }

  get(id: string): Bundle | undefined {
    return this.#held.get(id)?.bundle;
  }

  byName(owner: string, name: string): Bundle | undefined {
    const id = this.#ids.get(nameKey(owner, name));
    const held = id === undefined ? undefined : this.#held.get(id);
    if (id === undefined || !held) return undefined;
    this.#held.delete(id);
    this.#held.set(id, held);
    return held.bundle;
  }

  put(bundle: Bundle): void {
    const content = Buffer.from(JSON.stringify(bundle));
    this.#hold(bundle, content.length);
    try {
      writePrivate(this.#file(bundle.algorithm.id), sealFile(this.#seed, `bundles/${bundle.algorithm.id}`, content));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** So that the order of use survives a restart. */
  used(id: string): void {
    const held = this.#held.get(id);
    if (!held || performance.now() - held.marked < markEveryMs) return;
    held.marked = performance.now();
    try {
      utimesSync(this.#file(id), new Date(), new Date());
    } catch {
      // Only the order of eviction depends on it.
    }
  }

  drop(id: string): void {
    this.#forget(id);
    try {
      rmSync(this.#file(id), { force: true });
    } catch (error) {
      this.#failed(error);
    }
  }

  clear(): void {
    for (const id of this.#held.keys()) this.drop(id);
  }
}
