import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

/** Length of every raw key, public or private (seed), in bytes. */
export const RAW_KEY_BYTES = 32;

/** Length of a signer's id, in bytes. */
export const SIGNER_ID_BYTES = 8;

/** X25519 public half: what something is sealed to. */
export interface BoxPublicKey {
  readonly kind: 'box-public';
  readonly raw: Uint8Array;
  readonly key: KeyObject;
}

/** X25519 private half: what opens. */
export interface BoxPrivateKey {
  readonly kind: 'box-private';
  /** The public half, 32 bytes; HPKE needs it at every opening. */
  readonly publicRaw: Uint8Array;
  readonly key: KeyObject;
}

/** Ed25519 public half. `id` is the first 8 bytes of SHA-256(raw), in hex. */
export interface VerifyKey {
  readonly kind: 'verify';
  readonly id: string;
  readonly raw: Uint8Array;
  readonly key: KeyObject;
}

/** Ed25519 private half. */
export interface SigningKey {
  readonly kind: 'signing';
  readonly verifyKey: VerifyKey;
  readonly key: KeyObject;
}

/** A key that is none: wrong length, a point of small order. The message never holds the key. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

type Curve = 'X25519' | 'Ed25519';

// RFC 8410: the fixed DER bytes in front of a raw 32-byte key.
const PKCS8_PREFIX: Record<Curve, Buffer> = {
  X25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  Ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
};

const SPKI_HEADER_BYTES = 12;

function requireLength(raw: Uint8Array, what: string): void {
  if (!(raw instanceof Uint8Array) || raw.byteLength !== RAW_KEY_BYTES) {
    throw new KeyError(`${what} must be ${RAW_KEY_BYTES} bytes`);
  }
}

function publicKeyObject(raw: Uint8Array, crv: Curve): KeyObject {
  // Importing a JWK is ten times faster than importing DER and safe. Exporting one is not: on Node 20 the export of a
  // freshly generated X25519 key can deadlock with the garbage collector. Nothing in this project exports a JWK.
  return createPublicKey({ key: { kty: 'OKP', crv, x: Buffer.from(raw).toString('base64url') }, format: 'jwk' });
}

function privateKeyObject(seed: Uint8Array, crv: Curve): KeyObject {
  const der = Buffer.concat([PKCS8_PREFIX[crv], seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

// The point with u = 9: X25519(k, 9) is by definition the public half of k.
const basePoint = publicKeyObject(Uint8Array.of(9, ...new Uint8Array(31)), 'X25519');

/**
 * X25519. Throws {@link KeyError} when the shared secret would be all zero, which is what a public key of small order
 * makes of any private key (RFC 9180, 7.1.4).
 */
export function sharedSecret(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  let secret: Buffer;
  try {
    secret = diffieHellman({ privateKey, publicKey });
  } catch {
    // OpenSSL refuses the all-zero result itself; whatever it says, there is no secret.
    throw new KeyError('The public key is not usable: no shared secret comes of it');
  }
  if (secret.every((byte) => byte === 0)) {
    throw new KeyError('The public key is not usable: its shared secret is all zero');
  }
  return secret;
}

/** An X25519 public key without the proof that it is not of small order; for callers that run {@link sharedSecret}. */
export function importPeerKey(raw: Uint8Array): BoxPublicKey {
  requireLength(raw, 'An X25519 public key');
  return { kind: 'box-public', raw: Uint8Array.from(raw), key: publicKeyObject(raw, 'X25519') };
}

const probe = generateKeyPairSync('x25519').privateKey;

/** Every point has one spelling below p = 2^255 - 19; X25519 takes others too, but HPKE binds the spelling. */
function isCanonical(raw: Uint8Array): boolean {
  const [first = 0, ...rest] = raw;
  const top = rest.pop() ?? 0;
  return top < 0x7f || (top === 0x7f && !(first >= 0xed && rest.every((byte) => byte === 0xff)));
}

/**
 * Raw 32 bytes → X25519 public key, checked: throws {@link KeyError} for a wrong length, a spelling that the owner of
 * the private half would not use (so could not open what is sealed to it), or a point of small order.
 */
export function importBoxPublicKey(raw: Uint8Array): BoxPublicKey {
  const key = importPeerKey(raw);
  if (!isCanonical(raw)) throw new KeyError('The public key is not in its canonical form');
  // Private keys are multiples of the cofactor, so one exchange tells for all of them.
  sharedSecret(probe, key.key).fill(0);
  return key;
}

function boxPrivateKey(key: KeyObject): BoxPrivateKey {
  return { kind: 'box-private', key, publicRaw: new Uint8Array(sharedSecret(key, basePoint)) };
}

/** Raw 32-byte private key (seed) → X25519 key pair. */
export function importBoxPrivateKey(seed: Uint8Array): BoxPrivateKey {
  requireLength(seed, 'An X25519 private key');
  return boxPrivateKey(privateKeyObject(seed, 'X25519'));
}

/** A key pair for one sealing; its private half never leaves OpenSSL. */
export function ephemeralBoxKey(): BoxPrivateKey {
  return boxPrivateKey(generateKeyPairSync('x25519').privateKey);
}

/** Raw 32 bytes → Ed25519 public key. */
export function importVerifyKey(raw: Uint8Array): VerifyKey {
  requireLength(raw, 'An Ed25519 public key');
  return { kind: 'verify', id: signerId(raw), raw: Uint8Array.from(raw), key: publicKeyObject(raw, 'Ed25519') };
}

/** Raw 32-byte seed → Ed25519 key pair. */
export function importSigningKey(seed: Uint8Array): SigningKey {
  requireLength(seed, 'An Ed25519 seed');
  const key = privateKeyObject(seed, 'Ed25519');
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { kind: 'signing', key, verifyKey: importVerifyKey(spki.subarray(SPKI_HEADER_BYTES)) };
}

/** A new private key or seed for either curve: 32 random bytes. Import it to use it, store it to keep it. */
export function generateSeed(): Buffer {
  return randomBytes(RAW_KEY_BYTES);
}

/** How an envelope names who signed it: 16 hex digits, the first 8 bytes of SHA-256 over the raw public key. */
export function signerId(rawVerifyKey: Uint8Array): string {
  return createHash('sha256').update(rawVerifyKey).digest().subarray(0, SIGNER_ID_BYTES).toString('hex');
}

/**
 * What an admin compares before approving a worker: the first 16 bytes of SHA-256 over box key, then sign key, as eight
 * groups of four hex digits, such as `4f1c 9ab0 77e2 d5c8 03bd 6e91 f8a4 2c50`.
 */
export function fingerprint(rawBoxKey: Uint8Array, rawSignKey: Uint8Array): string {
  requireLength(rawBoxKey, 'The box key');
  requireLength(rawSignKey, 'The sign key');
  const hex = createHash('sha256').update(rawBoxKey).update(rawSignKey).digest('hex').slice(0, 32);
  return (hex.match(/.{4}/g) ?? []).join(' ');
}
