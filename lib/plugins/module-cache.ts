import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { moduleLimits } from './inspect/limits';

/** A module's content is not what its hash says, or is not there: it is not loaded. The message may be shown. */
export class ModuleUnavailable extends Error {
  override readonly name = 'ModuleUnavailable';
}

export type FetchModule = (sha256: string) => AsyncIterable<Uint8Array>;

const isHash = (text: string) => /^[0-9a-f]{64}$/.test(text);

/**
 * Modules on the local disk, by their SHA-256, readable by their owner only. The file is hashed each time it is asked
 * for; one that was changed is fetched again, and what is fetched with another hash is refused.
 */
export class ModuleCache {
  private readonly under = new Map<string, Promise<string>>();

  constructor(
    /** Absolute; made when it is needed. */
    private readonly folder: string,
    private readonly fetch: FetchModule,
  ) {}

  /** The path of a module whose content has this hash. Throws ModuleUnavailable, or what fetching it threw. */
  get(sha256: string): Promise<string> {
    if (!isHash(sha256)) return Promise.reject(new ModuleUnavailable('The module’s hash is none. Upload its JAR again.'));
    const known = this.under.get(sha256);
    if (known) return known;
    const work = this.load(sha256).finally(() => this.under.delete(sha256));
    this.under.set(sha256, work);
    return work;
  }

  /** Removes modules that are not among these, and what a crash left half written. */
  async prune(keep: Iterable<string>): Promise<void> {
    const wanted = new Set([...keep, ...this.under.keys()]);
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (!wanted.has(name.slice(0, 64))) await rm(path.join(this.folder, name), { force: true });
    }
  }

  private async load(sha256: string): Promise<string> {
    const file = path.join(this.folder, `${sha256}.jar`);
    if ((await hashOfFile(file)) === sha256) return file;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const part = path.join(this.folder, `${sha256}.${randomBytes(6).toString('hex')}.part`);
    try {
      await this.write(sha256, part);
      await rename(part, file);
    } finally {
      await rm(part, { force: true });
    }
    return file;
  }

  private async write(sha256: string, part: string): Promise<void> {
    const handle = await open(part, 'wx', 0o600);
    try {
      const hash = createHash('sha256');
      let size = 0;
      for await (const chunk of this.fetch(sha256)) {
        size += chunk.byteLength;
        if (size > moduleLimits.fileBytes) break;
        hash.update(chunk);
        await handle.writeFile(chunk);
      }
      if (size === 0) throw new ModuleUnavailable(`The module ${sha256.slice(0, 12)}… is not stored. Upload its JAR again.`);
      if (hash.digest('hex') !== sha256) throw new ModuleUnavailable(`The stored module ${sha256.slice(0, 12)}… no longer has its hash: it was changed after it was uploaded, and is not loaded. Upload its JAR again.`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** The hash of a plain file; undefined where there is none. A link is not followed: what it points to may change. */
async function hashOfFile(file: string): Promise<string | undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (!handle) return undefined;
  try {
    if (!(await handle.stat()).isFile()) return undefined;
    const hash = createHash('sha256');
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 })) hash.update(chunk as Uint8Array);
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}
