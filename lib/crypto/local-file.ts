import { randomBytes } from 'node:crypto';

import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, aeadOpen, aeadSeal } from '@/lib/crypto/aead';
import { deriveSecret } from '@/lib/crypto/derive';
import { EnvelopeError } from '@/lib/crypto/errors';

const HEADER = Buffer.from('SSF\x01');
const START = HEADER.byteLength + AEAD_NONCE_BYTES;

function associatedData(label: string): Buffer {
  return Buffer.concat([HEADER, Buffer.from(label)]);
}

function keyOf(seed: Uint8Array, label: string): Buffer {
  return deriveSecret(seed, `local-file/v1/${label}`);
}

/**
 * Seals a file that a worker keeps for itself, under a key that comes of its own seed. The label says which file it is
 * (`bundles/<algorithm id>`): under another name it does not open.
 */
export function sealFile(seed: Uint8Array, label: string, content: Uint8Array): Buffer {
  const nonce = randomBytes(AEAD_NONCE_BYTES);
  return Buffer.concat([HEADER, nonce, aeadSeal(keyOf(seed, label), nonce, associatedData(label), content)]);
}

/** Throws {@link EnvelopeError}: `format` (cut, or no such file) or `sealed` (altered, renamed, or another worker's). */
export function openFile(seed: Uint8Array, label: string, sealed: Uint8Array): Buffer {
  if (sealed.byteLength < START + AEAD_TAG_BYTES || !HEADER.equals(sealed.subarray(0, HEADER.byteLength))) {
    throw new EnvelopeError('format', `The sealed file ${label} does not begin like one, or was cut`);
  }
  const nonce = sealed.subarray(HEADER.byteLength, START);
  const content = aeadOpen(keyOf(seed, label), nonce, associatedData(label), sealed.subarray(START));
  if (content === undefined) {
    throw new EnvelopeError('sealed', `The sealed file ${label} was altered or renamed, or is another worker's`);
  }
  return content;
}
