import { createHash } from 'node:crypto';
import { verifyBytes } from '@/lib/crypto/sign';

/**
 * Statements that workers and the server sign with Ed25519, beside sealed values (`envelope.ts`). Each begins with a
 * label of its own, and each part with its length, so that no statement can be read as another one.
 */
function statement(label: string, ...parts: (string | number | Uint8Array)[]): Buffer {
  const pieces = [Buffer.from(`secret-store ${label}\0`, 'utf8')];
  for (const part of parts) {
    const bytes = typeof part === 'number' ? Buffer.from(String(part)) : typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  }
  return Buffer.concat(pieces);
}

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();

export interface WorkerKeys {
  /** Raw X25519 public key, 32 bytes: what is sealed to the worker. */
  boxKey: Uint8Array;
  /** Raw Ed25519 public key, 32 bytes: how it proves who it is. */
  signKey: Uint8Array;
}

/** What a new worker signs, to show that it holds the private half of the key that it brings. */
export function joinStatement(token: string, keys: WorkerKeys): Buffer {
  return statement('join v1', sha256(token), keys.boxKey, keys.signKey);
}

/** What a worker signs to begin a session; the server's id is in it so that one server cannot use it at another. */
export function sessionStatement(serverId: string, workerId: string, challenge: string): Buffer {
  return statement('session v1', serverId, workerId, challenge);
}

/** What the server signs when an administrator has approved a worker: others hand the pool key to nobody without it. */
export function approvalStatement(serverId: string, workerId: string, keys: WorkerKeys): Buffer {
  return statement('worker approval v1', serverId, workerId, keys.boxKey, keys.signKey);
}

export interface PoolKeys {
  epoch: number;
  /** Raw X25519: what values are sealed to. */
  publicKey: Uint8Array;
  /** Raw X25519 of the offline recovery key. */
  recoveryPublicKey: Uint8Array;
  /** The pool's private key, sealed to the recovery key. */
  recoveryEnvelope: Uint8Array;
}

/** What the server signs when a pool epoch begins: values are sealed to no key without it. */
export function poolStatement(serverId: string, pool: PoolKeys): Buffer {
  return statement('pool epoch v1', serverId, pool.epoch, pool.publicKey, pool.recoveryPublicKey, sha256(pool.recoveryEnvelope));
}

/**
 * What the worker that made a pool epoch signs. Others need no more than the server's signature, unless they trust only
 * workers that were confirmed on their own machine.
 */
export function poolMadeStatement(serverId: string, pool: PoolKeys): Buffer {
  return statement('pool made v1', serverId, pool.epoch, pool.publicKey, pool.recoveryPublicKey, sha256(pool.recoveryEnvelope));
}

/**
 * What each of the server's signing keys signs: the set of all of them, so that a pinned one can introduce a new one, and those
 * that are never to be trusted again.
 */
export function verifyKeysStatement(serverId: string, keys: readonly Uint8Array[], retired: readonly Uint8Array[] = []): Buffer {
  const sorted = (all: readonly Uint8Array[]) => all.map((key) => Buffer.from(key)).sort(Buffer.compare);
  return statement('verify keys v1', serverId, keys.length, ...sorted(keys), ...sorted(retired));
}

/** JSON with the members of its objects in the order of their names, so that a database may keep it in another. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member);
}

export interface RunnableProvider {
  providerId: string;
  /** Lower-case hex. */
  moduleSha256: string;
  factoryClassName: string;
  /** The operator's settings of its process, as JSON. */
  settings: unknown;
}

/**
 * What the server signs when a provider or its module is saved: nothing is run that was planted in the database. The
 * configuration is not in it: it is sealed to the provider's id, and whoever can seal it can sign too.
 */
export function providerStatement(serverId: string, provider: RunnableProvider): Buffer {
  return statement('provider v1', serverId, provider.providerId, provider.moduleSha256, provider.factoryClassName, canonical(provider.settings));
}

export interface ProviderDelivery {
  providerId: string;
  revision: string;
  /** The configuration, sealed to the worker. */
  configuration: Uint8Array;
}

/**
 * What the server signs when it hands a provider's configuration to a worker: anyone can seal to a worker, and who chooses
 * the configuration chooses the backend.
 */
export function providerDeliveryStatement(serverId: string, workerId: string, { providerId, revision, configuration }: ProviderDelivery): Buffer {
  return statement('provider delivery v1', serverId, workerId, providerId, revision, sha256(configuration));
}

/** What a configuration that is sealed to a worker is bound to. */
export function providerConfigurationContext(serverId: string, workerId: string, providerId: string): Buffer {
  return statement('provider configuration v1', serverId, workerId, providerId);
}

export interface EntryReference {
  algorithmId: string;
  secretId: string;
  secretKey: string;
  version: number;
  providerId: string;
  /** The entry in the provider's backend. */
  providerKey: string;
}

/**
 * What the server signs when a secret's value went to a plugin: a worker asks for no other entry. The backend's own version
 * is not in it, since a value may be rotated there.
 */
export function referenceStatement(serverId: string, entry: EntryReference): Buffer {
  return statement('secret reference v1', serverId, entry.algorithmId, entry.secretId, entry.secretKey, entry.version, entry.providerId, entry.providerKey);
}

/** Whether one of the raw Ed25519 public keys signed the statement. A malformed key or signature is a "no". */
export function isSignedBy(text: Uint8Array, signature: Uint8Array, rawVerifyKeys: readonly Uint8Array[]): boolean {
  return rawVerifyKeys.some((raw) => verifyBytes(raw, text, signature));
}
