import { hkdfSync } from 'node:crypto';

/** A 32-byte secret of its own for each purpose, from one that is at least 32 random bytes (HKDF-SHA-256). */
export function deriveSecret(from: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', from, '', `secret-store/${purpose}`, 32));
}
