import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { deriveSecret } from '@/lib/crypto/derive';
import { EnvelopeError } from '@/lib/crypto/errors';

const HEADER = Buffer.from('SSF\x01');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const START = HEADER.byteLength + NONCE_BYTES;

function keyOf(seed: Uint8Array, label: string): Buffer {
  return deriveSecret(seed, `local-file/v1/${label}`);
}

/**
 * Seals a file that a worker keeps for itself, under a key that comes of its own seed. The label says which file it is
 * (`bundles/<algorithm id>`): under another name it does not open.
 */
export function sealFile(seed: Uint8Array, label: string, content: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(seed, label), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([HEADER, Buffer.from(label)]));
  return Buffer.concat([HEADER, nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** Throws {@link EnvelopeError}: `format` (cut, or no such file) or `sealed` (altered, renamed, or another worker's). */
export function openFile(seed: Uint8Array, label: string, sealed: Uint8Array): Buffer {
  if (sealed.byteLength < START + TAG_BYTES || !HEADER.equals(sealed.subarray(0, HEADER.byteLength))) {
    throw new EnvelopeError('format', `The sealed file ${label} does not begin like one, or was cut`);
  }
  const nonce = sealed.subarray(HEADER.byteLength, START);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(seed, label), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([HEADER, Buffer.from(label)]));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const content = decipher.update(sealed.subarray(START, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw new EnvelopeError('sealed', `The sealed file ${label} was altered or renamed, or is another worker's`);
  }
  return content;
}
