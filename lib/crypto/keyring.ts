import { createHash, randomBytes, randomUUID } from 'node:crypto';

import { generateSeed, importSigningKey, type SigningKey, type VerifyKey } from '@/lib/crypto/keys';
import { keyringFileSchema, type KeyringFile } from '@/lib/crypto/keyring-form';

export const KEYRING_FORMAT = 'secret-store-keyring/1';

/** An AES-256 key that wraps the data keys of records. */
export interface RecordKey {
  /** 16 hex digits, random. Stands in clear in every record that the key wraps. */
  readonly id: string;
  readonly created: string;
  /** 32 bytes. */
  readonly aesKey: Uint8Array;
}

export interface KeyringSigner {
  readonly created: string;
  /** 32 bytes, Ed25519. */
  readonly seed: Uint8Array;
  readonly signingKey: SigningKey;
}

/** The server's secrets: everything that must be backed up beside the database. Never logged, never sent. */
export interface Keyring {
  /** UUID, the same for the keyring's whole life; the database remembers it. */
  readonly id: string;
  readonly created: string;
  /** Id of the key that new records are sealed under; the others only open. */
  readonly primary: string;
  readonly keys: readonly RecordKey[];
  /** Id of the key that signs; the others are still handed to workers as trusted. */
  readonly signer: string;
  readonly signing: readonly KeyringSigner[];
  /** Raw public halves, 32 bytes, of signing keys that it held once: workers are told to trust them never again. */
  readonly retired: readonly Uint8Array[];
  /** 32 bytes: finds API keys, see apiKeyLookup. */
  readonly apiKeyHmac: Uint8Array;
  /** 32 bytes: what session and token secrets are derived from, see deriveSecret. */
  readonly sessionSecret: Uint8Array;
}

/** The text is no keyring, or not one to be used. The message says what is wrong and holds nothing of its content. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
}

function newRecordKey(now: Date): RecordKey {
  return { id: randomBytes(8).toString('hex'), created: now.toISOString(), aesKey: generateSeed() };
}

function signerFrom(seed: Uint8Array, created: string): KeyringSigner {
  return { created, seed, signingKey: importSigningKey(seed) };
}

export function createKeyring(now: Date = new Date()): Keyring {
  const key = newRecordKey(now);
  const signer = signerFrom(generateSeed(), now.toISOString());
  return {
    id: randomUUID(),
    created: now.toISOString(),
    primary: key.id,
    keys: [key],
    signer: signer.signingKey.verifyKey.id,
    signing: [signer],
    retired: [],
    apiKeyHmac: generateSeed(),
    sessionSecret: generateSeed(),
  };
}

/** What seals are signed with now. */
export function currentSigner(keyring: Keyring): SigningKey {
  const found = keyring.signing.find((entry) => entry.signingKey.verifyKey.id === keyring.signer);
  if (found === undefined) throw new KeyringError('The keyring names a signing key that it does not hold');
  return found.signingKey;
}

/** What workers are told to trust: the current signer's public key first. */
export function keyringVerifyKeys(keyring: Keyring): VerifyKey[] {
  const current = currentSigner(keyring).verifyKey;
  const others = keyring.signing.map((entry) => entry.signingKey.verifyKey).filter((key) => key.id !== current.id);
  return [current, ...others];
}

/** A keyring with a new primary key; the keys it had still open. Seal its records anew, then {@link retireKey} the old one. */
export function addPrimaryKey(keyring: Keyring, now: Date = new Date()): Keyring {
  const key = newRecordKey(now);
  return { ...keyring, primary: key.id, keys: [key, ...keyring.keys] };
}

/** A keyring with a new signer; workers go on trusting the ones it had. */
export function addSigner(keyring: Keyring, now: Date = new Date()): Keyring {
  const signer = signerFrom(generateSeed(), now.toISOString());
  return { ...keyring, signer: signer.signingKey.verifyKey.id, signing: [signer, ...keyring.signing] };
}

/** A keyring without that key. What is still sealed under it is lost: only for a key that no record names any more. */
export function retireKey(keyring: Keyring, keyId: string): Keyring {
  if (keyId === keyring.primary) throw new KeyringError(`Key ${keyId} is the primary key and cannot be retired`);
  const keys = keyring.keys.filter((key) => key.id !== keyId);
  if (keys.length === keyring.keys.length) throw new KeyringError(`The keyring has no key ${keyId}`);
  return { ...keyring, keys };
}

function encode(secret: Uint8Array): string {
  return Buffer.from(secret).toString('base64url');
}

function decode(secret: string): Buffer {
  return Buffer.from(secret, 'base64url');
}

/** Finds a single changed letter, which would otherwise be another key and found out much later. */
function checksum(content: Omit<KeyringFile, 'checksum'>): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

/** The keyring file's content: JSON, one entry a line. */
export function serializeKeyring(keyring: Keyring): string {
  const content: Omit<KeyringFile, 'checksum'> = {
    format: KEYRING_FORMAT,
    id: keyring.id,
    created: keyring.created,
    primary: keyring.primary,
    keys: keyring.keys.map(({ id, created, aesKey }) => ({ id, created, aesKey: encode(aesKey) })),
    signer: keyring.signer,
    signing: keyring.signing.map(({ created, seed, signingKey }) => {
      return { id: signingKey.verifyKey.id, created, seed: encode(seed) };
    }),
    ...(keyring.retired.length > 0 && { retired: keyring.retired.map(encode) }),
    apiKeyHmac: encode(keyring.apiKeyHmac),
    sessionSecret: encode(keyring.sessionSecret),
  };
  return `${JSON.stringify({ ...content, checksum: checksum(content) }, null, 2)}\n`;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // The parser's own message quotes the text around the fault, which may be a key.
    throw new KeyringError('It is not JSON: cut off, empty, or another file');
  }
}

/** Throws {@link KeyringError}. */
export function parseKeyring(content: string): Keyring {
  const parsed = keyringFileSchema.safeParse(parseJson(content));
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') || 'the whole';
    throw new KeyringError(`It is not a keyring of format ${KEYRING_FORMAT}: ${where} is missing or wrong`);
  }
  const { checksum: stored, ...file } = parsed.data;
  if (checksum(file) !== stored) {
    throw new KeyringError('Its checksum does not fit: it was changed or damaged after it was written');
  }
  const keyring: Keyring = {
    ...file,
    keys: file.keys.map((key) => ({ ...key, aesKey: decode(key.aesKey) })),
    signing: file.signing.map(({ seed, created }) => signerFrom(decode(seed), created)),
    retired: (file.retired ?? []).map(decode),
    apiKeyHmac: decode(file.apiKeyHmac),
    sessionSecret: decode(file.sessionSecret),
  };
  if (!keyring.keys.some((key) => key.id === keyring.primary)) {
    throw new KeyringError('It names a primary key that it does not hold');
  }
  currentSigner(keyring);
  return keyring;
}
