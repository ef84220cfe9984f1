import { createHash } from 'node:crypto';

/**
 * The offline recovery key as it is printed once: 32 bytes and 4 of a checksum, in hex, nine groups of eight. Whoever
 * types it may leave out or add blanks and dashes.
 */
function checksum(seed: Uint8Array): Buffer {
  return createHash('sha256').update('secret-store recovery key v1\0').update(seed).digest().subarray(0, 4);
}

export function printRecoveryKey(seed: Uint8Array): string {
  const hex = Buffer.concat([seed, checksum(seed)]).toString('hex');
  return (hex.match(/.{8}/g) ?? []).join('-');
}

/** The 32 bytes, or undefined when the text is no recovery key or was mistyped. */
export function readRecoveryKey(typed: string): Buffer | undefined {
  const hex = typed.toLowerCase().replaceAll(/[\s-]/g, '');
  if (!/^[0-9a-f]{72}$/.test(hex)) return undefined;
  const all = Buffer.from(hex, 'hex');
  const seed = all.subarray(0, 32);
  return checksum(seed).equals(all.subarray(32)) ? seed : undefined;
}
