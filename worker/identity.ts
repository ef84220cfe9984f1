import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { fingerprint, generateSeed, importBoxPrivateKey, importSigningKey, importVerifyKey, type BoxPrivateKey, type SigningKey, type VerifyKey } from '@/lib/crypto/keys';
import { isSignedBy, verifyKeysStatement } from '@/lib/crypto/statement';
import type { VerifyKeySet } from '@/lib/schemas/delivery';
import { FolderError, createPrivate, readPrivate, writePrivate } from './files';

const key = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const identityFile = z.strictObject({
  format: z.literal('secret-store-worker/1'),
  name: z.string().min(1).max(100),
  boxSeed: key,
  signSeed: key,
  /** What joining gave: absent until then. */
  joined: z
    .strictObject({
      server: z.string(), serverId: z.uuid(), workerId: z.uuid(), verifyKeys: z.array(key).min(1),
      /** Signing keys that the server had, and has no more. */
      retired: z.array(key).optional(),
    })
    .optional(),
});
type IdentityFile = z.infer<typeof identityFile>;

export interface Joined {
  /** Address of the delivery plane, without a trailing slash. */
  server: string;
  serverId: string;
  workerId: string;
  /** The server's signing keys that this worker trusts, raw. */
  verifyKeys: Uint8Array[];
  /** Those that it trusted once. */
  retired: Uint8Array[];
}

/** More than a server has in its life; the oldest go first. */
const mostRetired = 256;

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');

/** Who this worker is: `identity.json`, made once, its keys never overwritten. */
export class Identity {
  readonly name: string;
  readonly fingerprint: string;
  readonly boxKey: BoxPrivateKey;
  readonly signKey: SigningKey;
  /** Seals what the worker keeps for itself (bundles, versions). */
  readonly seed: Uint8Array;
  readonly #file: string;
  #content: IdentityFile;
  #joined: Joined | undefined;
  #verifyKeys: VerifyKey[] = [];

  private constructor(file: string, content: IdentityFile) {
    this.#file = file;
    this.#content = content;
    this.name = content.name;
    this.seed = bytes(content.boxSeed);
    this.boxKey = importBoxPrivateKey(this.seed);
    this.signKey = importSigningKey(bytes(content.signSeed));
    this.fingerprint = fingerprint(this.boxKey.publicRaw, this.signKey.verifyKey.raw);
    this.#read();
  }

  #read(): void {
    const { joined } = this.#content;
    this.#joined = joined && { ...joined, verifyKeys: joined.verifyKeys.map(bytes), retired: (joined.retired ?? []).map(bytes) };
    this.#verifyKeys = this.#joined?.verifyKeys.map((raw) => importVerifyKey(raw)) ?? [];
  }

  /** Reads the identity in a worker folder; undefined when there is none. Throws FolderError. */
  static find(folder: string): Identity | undefined {
    const file = path.join(folder, 'identity.json');
    const content = readPrivate(file);
    if (!content) return undefined;
    try {
      return new Identity(file, identityFile.parse(JSON.parse(content.toString('utf8'))));
    } catch {
      throw new FolderError(`${file} is damaged, and was left as it is. Put it back from a backup; or move it away, and the worker joins as a new one that has to be approved.`);
    }
  }

  static load(folder: string, name?: string): Identity {
    const found = Identity.find(folder);
    if (found) return found;
    const content: IdentityFile = {
      format: 'secret-store-worker/1',
      name: (name ?? os.hostname()).slice(0, 100) || 'worker',
      boxSeed: text(generateSeed()),
      signSeed: text(generateSeed()),
    };
    const file = path.join(folder, 'identity.json');
    createPrivate(file, `${JSON.stringify(content, null, 2)}\n`);
    return new Identity(file, content);
  }

  get joined(): Joined | undefined {
    return this.#joined;
  }

  get verifyKeys(): readonly VerifyKey[] {
    return this.#verifyKeys;
  }

  #save(joined: Omit<Joined, 'retired'>): void {
    const verifyKeys = joined.verifyKeys.map(text);
    const before = this.#content.joined;
    const retired = [...(before?.retired ?? []), ...(before?.verifyKeys ?? [])].filter((each, index, all) => !verifyKeys.includes(each) && all.indexOf(each) === index);
    const content: IdentityFile = { ...this.#content, joined: { ...joined, verifyKeys, ...(retired.length > 0 ? { retired: retired.slice(-mostRetired) } : { retired: undefined }) } };
    writePrivate(this.#file, `${JSON.stringify(content, null, 2)}\n`);
    this.#content = content;
    this.#read();
  }

  /** Remembers what joining gave, and pins the server's signing keys: from the first join on, they only change by endorsement. */
  join(server: string, answer: { serverId: string; workerId: string; verifyKeys: VerifyKeySet }): void {
    const before = this.#joined;
    if (before && before.serverId !== answer.serverId) throw new FolderError(this.#otherServer());
    const keys = before ? this.#endorsed(answer.serverId, answer.verifyKeys) : answer.verifyKeys.keys.map(bytes);
    if (!keys) throw new FolderError(this.#otherServer());
    this.#save({ server, serverId: answer.serverId, workerId: answer.workerId, verifyKeys: keys });
  }

  moveTo(server: string): void {
    if (this.#joined && this.#joined.server !== server) this.#save({ ...this.#joined, server });
  }

  #otherServer(): string {
    return `This worker belongs to another installation than the one at this address. To join this one, move ${path.dirname(this.#file)} away.`;
  }

  #endorsed(serverId: string, set: VerifyKeySet): Uint8Array[] | undefined {
    const keys = set.keys.map(bytes);
    const pinned = this.#joined?.verifyKeys ?? [];
    // A set from before a key was retired is signed as well as the one after: who stole that key would bring it back.
    if (this.#joined?.retired.some((old) => keys.some((each) => each.equals(old)))) return undefined;
    const statement = verifyKeysStatement(serverId, keys);
    return set.signatures.some(({ signature }) => isSignedBy(statement, bytes(signature), pinned)) ? keys : undefined;
  }

  /** Takes a changed set of the server's signing keys when a key that is pinned signed it. False when none did. */
  updateVerifyKeys(set: VerifyKeySet): boolean {
    const joined = this.#joined;
    if (!joined) return false;
    const same = joined.verifyKeys.map(text).join() === set.keys.join();
    if (same) return true;
    const keys = this.#endorsed(joined.serverId, set);
    if (keys) this.#save({ ...joined, verifyKeys: keys });
    return keys !== undefined;
  }
}
