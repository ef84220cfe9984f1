import { sign, verify } from 'node:crypto';

import { importVerifyKey, type SigningKey, type VerifyKey } from '@/lib/crypto/keys';

export const SIGNATURE_BYTES = 64;

/**
 * Ed25519, 64 bytes. The caller puts a purpose of its own in front of the bytes, such as `secret-store join v1`, so that
 * what was signed for one purpose is worth nothing for another.
 */
export function signBytes(key: SigningKey, bytes: Uint8Array): Buffer {
  return sign(null, bytes, key.key);
}

/** False for a wrong signature, and for a signature or a raw public key that is none. Never throws. */
export function verifyBytes(publicKey: VerifyKey | Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (signature.byteLength !== SIGNATURE_BYTES) return false;
  try {
    const { key } = publicKey instanceof Uint8Array ? importVerifyKey(publicKey) : publicKey;
    return verify(null, bytes, key, signature);
  } catch {
    return false;
  }
}
