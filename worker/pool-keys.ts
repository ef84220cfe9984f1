import path from 'node:path';
import { z } from 'zod';
import { generateSeed, importBoxPrivateKey, importBoxPublicKey, type BoxPrivateKey } from '@/lib/crypto/keys';
import { openFrom, sealTo } from '@/lib/crypto/sealed-box';
import { FolderError, readPrivate, writePrivate } from './files';

const key = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const epochEntry = z.strictObject({ epoch: z.number().int().positive(), privateKey: key, recoveryPublicKey: key, recoveryEnvelope: z.string() });
type EpochEntry = z.infer<typeof epochEntry>;

const poolFile = z.strictObject({
  format: z.literal('secret-store-pool/1'),
  serverId: z.uuid(),
  epochs: z.array(epochEntry),
  /** Keys of epochs that the server knows with another key now: the database was put back to an older one, and went on from there. */
  setAside: z.array(epochEntry).optional(),
  /** The recovery key, from the pool's creation until somebody was shown it. */
  recoveryKey: key.optional(),
});
type PoolFile = z.infer<typeof poolFile>;

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');

function binding(serverId: string, epoch: number, recipient: string): Buffer {
  return Buffer.from(`${serverId}\0${epoch}\0${recipient}`);
}

/** Seals a pool key to a worker (`recipient` its id) or to the recovery key (`recovery`). */
function sealPoolKey(privateKey: Uint8Array, to: Uint8Array, bound: { serverId: string; epoch: number; recipient: string }): Buffer {
  return sealTo({ recipientPublicKey: importBoxPublicKey(to), info: 'pool-key', aad: binding(bound.serverId, bound.epoch, bound.recipient), plaintext: privateKey });
}

function openPoolKey(sealed: Uint8Array, own: BoxPrivateKey, bound: { serverId: string; epoch: number; recipient: string }): Buffer {
  return openFrom({ recipientPrivateKey: own, info: 'pool-key', aad: binding(bound.serverId, bound.epoch, bound.recipient), sealed });
}

function publicOf(entry: EpochEntry): Buffer {
  return Buffer.from(importBoxPrivateKey(bytes(entry.privateKey)).publicRaw);
}

export interface EpochKeys {
  epoch: number;
  publicKey: Uint8Array;
  recoveryPublicKey: Uint8Array;
  recoveryEnvelope: Uint8Array;
}

/** The pool's private keys, by epoch: `pool.json`. They are on workers only. */
export class PoolKeys {
  readonly #file: string;
  #content: PoolFile | undefined;
  readonly #keys = new Map<number, BoxPrivateKey>();

  constructor(folder: string) {
    this.#file = path.join(folder, 'pool.json');
    const content = readPrivate(this.#file);
    if (!content) return;
    try {
      this.#content = poolFile.parse(JSON.parse(content.toString('utf8')));
      for (const { epoch, privateKey } of this.#content.epochs) this.#keys.set(epoch, importBoxPrivateKey(bytes(privateKey)));
    } catch {
      throw new FolderError(`${this.#file} is damaged, and was left as it is. Put it back from a backup; or move it away, and another worker or the recovery key lets this one in again.`);
    }
  }

  get epochs(): number[] {
    return [...this.#keys.keys()].sort((a, b) => a - b);
  }

  get(epoch: number): BoxPrivateKey | undefined {
    return this.#keys.get(epoch);
  }

  get recoveryKey(): Buffer | undefined {
    return this.#content?.recoveryKey === undefined ? undefined : bytes(this.#content.recoveryKey);
  }

  /** Somebody was shown the recovery key: it is kept no longer. */
  forgetRecoveryKey(): void {
    if (!this.#content?.recoveryKey) return;
    const { recoveryKey: _shown, ...content } = this.#content;
    this.#save(content);
  }

  #add(serverId: string, epoch: number, privateKey: Uint8Array, recovery: { publicKey: Uint8Array; envelope: Uint8Array }, recoveryKey?: Uint8Array): void {
    const before = this.#content;
    if (before && before.serverId !== serverId) throw new FolderError(`${this.#file} has the keys of another installation's pool. Move it away to go on.`);
    if (this.#keys.has(epoch)) throw new FolderError(`${this.#file} has a key of pool epoch ${epoch} already; it is never overwritten.`);
    const added = { epoch, privateKey: text(privateKey), recoveryPublicKey: text(recovery.publicKey), recoveryEnvelope: text(recovery.envelope) };
    // On disk before anything is sealed to it, and before the server hears of it.
    this.#save({
      ...(before ?? { format: 'secret-store-pool/1', serverId }),
      epochs: [...(before?.epochs ?? []), added],
      ...(recoveryKey ? { recoveryKey: text(recoveryKey) } : {}),
    });
  }

  #save(content: PoolFile): void {
    writePrivate(this.#file, `${JSON.stringify(content, null, 2)}\n`);
    this.#content = content;
    this.#keys.clear();
    for (const { epoch, privateKey } of content.epochs) this.#keys.set(epoch, importBoxPrivateKey(bytes(privateKey)));
  }

  /**
   * Whether the key of an epoch is here, as the server signed it. Another key under its number is put aside, never thrown
   * away, and the right one brought back if it was put aside before.
   */
  settle(keys: EpochKeys): boolean {
    const own = this.#keys.get(keys.epoch);
    if (own && Buffer.from(own.publicRaw).equals(keys.publicKey)) return true;
    const content = this.#content;
    const right = content?.setAside?.find((each) => each.epoch === keys.epoch && publicOf(each).equals(keys.publicKey));
    if (!content || (!own && !right)) return false;
    const wrong = content.epochs.filter(({ epoch }) => epoch === keys.epoch);
    // A recovery key that was made with a key that did not become the pool's opens nothing.
    const isOurs = content.recoveryKey !== undefined && Buffer.from(importBoxPrivateKey(bytes(content.recoveryKey)).publicRaw).equals(keys.recoveryPublicKey);
    const { recoveryKey, ...rest } = content;
    this.#save({
      ...rest,
      epochs: [...content.epochs.filter((each) => !wrong.includes(each)), ...(right ? [right] : [])],
      setAside: [...(content.setAside ?? []).filter((each) => each !== right), ...wrong],
      ...(isOurs ? { recoveryKey } : {}),
    });
    return right !== undefined;
  }

  /** The keys of an epoch that this worker makes; those made before, when the server has not heard of them yet. */
  create(serverId: string, epoch: number): EpochKeys {
    if (!this.#keys.has(epoch)) {
      const privateKey = generateSeed();
      const recoveryKey = generateSeed();
      const recovery = importBoxPrivateKey(recoveryKey).publicRaw;
      const envelope = sealPoolKey(privateKey, recovery, { serverId, epoch, recipient: 'recovery' });
      this.#add(serverId, epoch, privateKey, { publicKey: recovery, envelope }, recoveryKey);
    }
    const stored = this.#content?.epochs.find((each) => each.epoch === epoch);
    const own = this.#keys.get(epoch);
    if (!stored || !own || this.#content?.serverId !== serverId) throw new FolderError(`${this.#file} has the keys of another installation's pool. Move it away to go on.`);
    return { epoch, publicKey: own.publicRaw, recoveryPublicKey: bytes(stored.recoveryPublicKey), recoveryEnvelope: bytes(stored.recoveryEnvelope) };
  }

  /** Seals the key of an epoch to another worker, or to this one. */
  grant(serverId: string, epoch: number, workerId: string, boxKey: Uint8Array): Buffer | undefined {
    const stored = this.#content?.epochs.find((each) => each.epoch === epoch);
    return stored && sealPoolKey(bytes(stored.privateKey), boxKey, { serverId, epoch, recipient: workerId });
  }

  /**
   * A key for the epoch after one that this worker has, sealed to the recovery key that is given: that of the epoch before, from
   * a record that the caller has checked. It is not kept: the maker gets it
   * back with its own grant, like everyone else, so an epoch that the server did not take leaves nothing behind.
   */
  next(serverId: string, before: number, recoveryPublicKey: Uint8Array): { keys: EpochKeys; sealFor(workerId: string, boxKey: Uint8Array): Buffer; forget(): void } | undefined {
    if (!this.#keys.has(before)) return undefined;
    const epoch = before + 1;
    const privateKey = generateSeed();
    const recoveryEnvelope = sealPoolKey(privateKey, recoveryPublicKey, { serverId, epoch, recipient: 'recovery' });
    return {
      keys: { epoch, publicKey: importBoxPrivateKey(privateKey).publicRaw, recoveryPublicKey, recoveryEnvelope },
      sealFor: (workerId, boxKey) => sealPoolKey(privateKey, boxKey, { serverId, epoch, recipient: workerId }),
      forget: () => void privateKey.fill(0),
    };
  }

  /** Takes a key that was sealed to this worker (`recipient` its id) or to the recovery key. Throws EnvelopeError or FolderError. */
  accept(serverId: string, keys: EpochKeys, sealed: Uint8Array, own: BoxPrivateKey, recipient: string): void {
    const privateKey = openPoolKey(sealed, own, { serverId, epoch: keys.epoch, recipient });
    if (!Buffer.from(importBoxPrivateKey(privateKey).publicRaw).equals(keys.publicKey)) {
      throw new FolderError(`The key that was handed on is not that of pool epoch ${keys.epoch}.`);
    }
    this.#add(serverId, keys.epoch, privateKey, { publicKey: keys.recoveryPublicKey, envelope: keys.recoveryEnvelope });
  }
}
