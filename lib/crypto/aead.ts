import { createCipheriv, createDecipheriv } from 'node:crypto';

export const AEAD_KEY_BYTES = 32;
export const AEAD_NONCE_BYTES = 12;
export const AEAD_TAG_BYTES = 16;

// Without it Node takes tags of 4 bytes as well, which are guessed in no time.
const OPTIONS = { authTagLength: AEAD_TAG_BYTES };

/** AES-256-GCM: the ciphertext, as long as the plaintext, and the tag of 16 bytes behind it. */
export function aeadSeal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, OPTIONS);
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext, or `undefined` when key, nonce or associated data are others, or a byte was altered. */
export function aeadOpen(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  if (sealed.byteLength < AEAD_TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, OPTIONS);
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-AEAD_TAG_BYTES));
  const opened = decipher.update(sealed.subarray(0, -AEAD_TAG_BYTES));
  try {
    // GCM yields bytes before it has checked the tag: nothing leaves here until final() has.
    decipher.final();
    return opened;
  } catch {
    opened.fill(0);
    return undefined;
  }
}
