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
      /** Signing keys that the server said are never to be trusted again. */
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
  /** Those that the server retired. */
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

  #save({ retired, ...joined }: Joined): void {
    const content: IdentityFile = {
      ...this.#content,
      joined: { ...joined, verifyKeys: joined.verifyKeys.map(text), ...(retired.length > 0 && { retired: retired.slice(-mostRetired).map(text) }) },
    };
    writePrivate(this.#file, `${JSON.stringify(content, null, 2)}\n`);
    this.#content = content;
    this.#read();
  }

  /** Remembers what joining gave, and pins the server's signing keys: from the first join on, they only change by endorsement. */
  join(server: string, answer: { serverId: string; workerId: string; verifyKeys: VerifyKeySet }): void {
    const before = this.#joined;
    if (before && before.serverId !== answer.serverId) throw new FolderError(this.#otherServer());
    const keys = this.#learned(answer.serverId, answer.verifyKeys, before ?? { verifyKeys: answer.verifyKeys.keys.map(bytes), retired: [] });
    if (!keys) throw new FolderError(this.#otherServer());
    this.#save({ server, serverId: answer.serverId, workerId: answer.workerId, ...keys });
  }

  moveTo(server: string): void {
    if (this.#joined && this.#joined.server !== server) this.#save({ ...this.#joined, server });
  }

  #otherServer(): string {
    return `This worker belongs to another installation than the one at this address. To join this one, move ${path.dirname(this.#file)} away.`;
  }

  /**
   * The keys to trust after a set that one of those trusted now has signed; undefined when none has. Of several servers some know
   * a new key later than others, and some a retired one longer: so a key is trusted once a set has it, and for ever no more once a
   * set says that it is retired. What is missing from a set means nothing.
   */
  #learned(serverId: string, set: VerifyKeySet, { verifyKeys, retired }: Pick<Joined, 'verifyKeys' | 'retired'>): Pick<Joined, 'verifyKeys' | 'retired'> | undefined {
    const statement = verifyKeysStatement(serverId, set.keys.map(bytes), set.retired.map(bytes));
    if (!set.signatures.some(({ signature }) => isSignedBy(statement, bytes(signature), verifyKeys))) return undefined;
    const gone = new Set([...retired.map(text), ...set.retired]);
    const trusted = new Set([...set.keys, ...verifyKeys.map(text)].filter((each) => !gone.has(each)));
    return trusted.size === 0 ? undefined : { verifyKeys: [...trusted].map(bytes), retired: [...gone].map(bytes) };
  }

  /** Takes what a set of the server's signing keys says that is new, when a key that is trusted signed it. False when none did. */
  updateVerifyKeys(set: VerifyKeySet): boolean {
    const joined = this.#joined;
    const learned = joined && this.#learned(joined.serverId, set, joined);
    if (!joined || !learned) return false;
    const isNew = learned.retired.length > joined.retired.length || learned.verifyKeys.some((key) => !joined.verifyKeys.map(text).includes(text(key)));
    if (isNew) this.#save({ ...joined, ...learned });
    return true;
  }
}
