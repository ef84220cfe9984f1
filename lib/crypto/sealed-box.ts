import { AEAD_TAG_BYTES } from '@/lib/crypto/aead';
import { EnvelopeError } from '@/lib/crypto/errors';
import { ENC_BYTES, hpkeOpen, hpkeSeal } from '@/lib/crypto/hpke';
import type { BoxPrivateKey, BoxPublicKey } from '@/lib/crypto/keys';

const HEADER = Buffer.from('SSB\x01');
const INFO_PREFIX = 'secret-store/box/v1/';

export interface SealToInput {
  readonly recipientPublicKey: BoxPublicKey;
  /** What this is for, such as `pool-grant`: opened for another purpose it is refused. */
  readonly info: string;
  /** What it is bound to, such as worker id and epoch. */
  readonly aad: Uint8Array;
  readonly plaintext: Uint8Array;
}

export interface OpenFromInput {
  readonly recipientPrivateKey: BoxPrivateKey;
  readonly info: string;
  readonly aad: Uint8Array;
  readonly sealed: Uint8Array;
}

/**
 * Seals a few bytes to one recipient: a pool key to a worker or to the recovery key. Says nothing about who sealed it:
 * the reader must know by other means that the content is right (a pool key: that its public half is the pool's).
 */
export function sealTo({ recipientPublicKey, info, aad, plaintext }: SealToInput): Buffer {
  const { enc, ciphertext } = hpkeSeal(recipientPublicKey, Buffer.from(INFO_PREFIX + info), aad, plaintext);
  return Buffer.concat([HEADER, enc, ciphertext]);
}

/** Throws {@link EnvelopeError}: `format`, or `sealed` for another recipient, purpose or binding, or when altered. */
export function openFrom({ recipientPrivateKey, info, aad, sealed }: OpenFromInput): Buffer {
  const start = HEADER.byteLength + ENC_BYTES;
  if (sealed.byteLength < start + AEAD_TAG_BYTES || !HEADER.equals(sealed.subarray(0, HEADER.byteLength))) {
    throw new EnvelopeError('format', 'This is no sealed box: it does not begin like one, or was cut');
  }
  const message = { enc: sealed.subarray(HEADER.byteLength, start), ciphertext: sealed.subarray(start) };
  const opened = hpkeOpen(recipientPrivateKey, Buffer.from(INFO_PREFIX + info), aad, message);
  if (opened === undefined) {
    throw new EnvelopeError('sealed', 'This was sealed for another recipient or purpose, or was altered');
  }
  return opened;
}
