import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { openFile, sealFile } from '@/lib/crypto/local-file';
import { uuid } from '@/lib/schemas/delivery';
import { privateFolder, readPrivate, writePrivate } from '@/worker/files';

const ending = '.sealed';
const mostAlgorithms = 2_000;
const mostBytes = 32 * 1024 * 1024;
/** How much older on disk than in memory the time may be at which a value was confirmed last. */
const confirmedMs = 5 * 60_000;

const storedValue = z.object({
  secretId: uuid,
  value: z.string(),
  /** When the backend said last that this is the value; milliseconds since 1970. */
  goodAt: z.number(),
});

/** A value that a plugin gave, of one version of a secret. */
export interface Kept {
  secretId: string;
  value: string;
  goodAt: number;
  /** The same by a clock that nobody sets; only what this process has confirmed has it. */
  goodSteady?: number;
  /** For which secret it was asked, and of whom; undefined after a restart: then it is a last good value only. */
  asked?: Asked;
  lastUsed: number;
  failure?: { since: number; reason: string };
}

export interface Asked {
  variable: string;
  version: number;
  providerId: string;
  providerKey: string;
  revision: string;
  /** By the steady clock: the call that brought the value, and the last one that confirmed it. */
  at: number;
  checkedAt: number;
  /** Seconds; 0 = until its version changes. */
  ttl: number;
  /** The backend's version, read before the value; undefined while it was not read. */
  backendVersion?: string | null;
}

interface Algorithm {
  values: Map<string, Kept>;
  bytes: number;
  /** Of the values as they are now; other with each change of one. */
  generation: number;
  /** What is on disk: when the oldest value there was confirmed. */
  savedGoodAt: number;
  isDirty: boolean;
}

/**
 * Values from plugins' backends, by algorithm: in memory, and on disk sealed to this worker. The algorithms used least
 * recently go first.
 */
export class Values {
  readonly #folder: string;
  readonly #seed: Uint8Array;
  readonly #failed: (error: unknown) => void;
  readonly #algorithms = new Map<string, Algorithm>();
  #bytes = 0;
  #generations = 0;

  constructor(folder: string, seed: Uint8Array, failed: (error: unknown) => void) {
    this.#folder = path.join(folder, 'values');
    this.#seed = seed;
    this.#failed = failed;
    privateFolder(this.#folder);
    const files = readdirSync(this.#folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => ({ id: name.slice(0, -ending.length), used: statSync(path.join(this.#folder, name)).mtimeMs }))
      .sort((a, b) => a.used - b.used);
    for (const { id } of files) this.#load(id);
  }

  #file(algorithmId: string): string {
    return path.join(this.#folder, `${algorithmId}${ending}`);
  }

  #load(id: string): void {
    try {
      const sealed = readPrivate(this.#file(id));
      if (!sealed) return;
      const opened = openFile(this.#seed, `values/${id}`, sealed);
      const stored = z.array(storedValue).parse(JSON.parse(opened.toString('utf8')));
      opened.fill(0);
      for (const each of stored) this.put(id, { ...each, lastUsed: Number.NEGATIVE_INFINITY });
      const algorithm = this.#algorithms.get(id);
      if (algorithm) Object.assign(algorithm, { isDirty: false, savedGoodAt: Math.min(...stored.map(({ goodAt }) => goodAt)) });
    } catch {
      // Damaged, or another worker's: the values are asked for anew.
      this.drop(id);
    }
  }

  get(algorithmId: string, secretId: string): Kept | undefined {
    return this.#algorithms.get(algorithmId)?.values.get(secretId);
  }

  has(algorithmId: string): boolean {
    return this.#algorithms.has(algorithmId);
  }

  generation(algorithmId: string): number {
    return this.#algorithms.get(algorithmId)?.generation ?? 0;
  }

  *all(): Generator<[algorithmId: string, kept: Kept]> {
    for (const [id, { values }] of this.#algorithms) for (const kept of values.values()) yield [id, kept];
  }

  put(algorithmId: string, kept: Kept): void {
    let algorithm = this.#algorithms.get(algorithmId);
    if (!algorithm) {
      algorithm = { values: new Map(), bytes: 0, generation: 0, savedGoodAt: 0, isDirty: false };
    }
    this.#algorithms.delete(algorithmId);
    this.#algorithms.set(algorithmId, algorithm);
    const before = algorithm.values.get(kept.secretId);
    algorithm.values.set(kept.secretId, kept);
    if (before?.value !== kept.value) {
      const grown = kept.value.length - (before?.value.length ?? 0);
      algorithm.bytes += grown;
      this.#bytes += grown;
      algorithm.generation = ++this.#generations;
      algorithm.isDirty = true;
    }
    for (const oldest of this.#algorithms.keys()) {
      if (this.#algorithms.size <= mostAlgorithms && this.#bytes <= mostBytes) break;
      if (oldest !== algorithmId) this.drop(oldest);
    }
  }

  /** The values of other secrets than these end at once. */
  keepOnly(algorithmId: string, secretIds: ReadonlySet<string>): void {
    const algorithm = this.#algorithms.get(algorithmId);
    if (!algorithm) return;
    for (const id of algorithm.values.keys()) if (!secretIds.has(id)) this.remove(algorithmId, id);
    this.save(algorithmId);
  }

  remove(algorithmId: string, secretId: string): void {
    const algorithm = this.#algorithms.get(algorithmId);
    const kept = algorithm?.values.get(secretId);
    if (!algorithm || !kept) return;
    algorithm.values.delete(secretId);
    algorithm.bytes -= kept.value.length;
    this.#bytes -= kept.value.length;
    algorithm.generation = ++this.#generations;
    algorithm.isDirty = true;
  }

  /** Writes an algorithm's values when they changed, or when what is on disk looks much older than it is. */
  save(algorithmId: string): void {
    const algorithm = this.#algorithms.get(algorithmId);
    if (!algorithm) return;
    if (algorithm.values.size === 0) return this.drop(algorithmId);
    const stored = [...algorithm.values.values()].map(({ secretId, value, goodAt }) => ({ secretId, value, goodAt }));
    const oldest = Math.min(...stored.map(({ goodAt }) => goodAt));
    if (!algorithm.isDirty && oldest - algorithm.savedGoodAt < confirmedMs) return;
    const content = Buffer.from(JSON.stringify(stored));
    try {
      writePrivate(this.#file(algorithmId), sealFile(this.#seed, `values/${algorithmId}`, content));
      Object.assign(algorithm, { isDirty: false, savedGoodAt: oldest });
    } catch (error) {
      this.#failed(error);
    } finally {
      content.fill(0);
    }
  }

  saveAll(): void {
    for (const id of this.#algorithms.keys()) this.save(id);
  }

  drop(algorithmId: string): void {
    this.#bytes -= this.#algorithms.get(algorithmId)?.bytes ?? 0;
    this.#algorithms.delete(algorithmId);
    try {
      rmSync(this.#file(algorithmId), { force: true });
    } catch (error) {
      this.#failed(error);
    }
  }

  clear(): void {
    for (const id of this.#algorithms.keys()) this.drop(id);
  }
}
