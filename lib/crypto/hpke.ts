import { createHmac } from 'node:crypto';

import { AEAD_KEY_BYTES, AEAD_NONCE_BYTES, aeadOpen, aeadSeal } from '@/lib/crypto/aead';
import { ephemeralBoxKey, importPeerKey, sharedSecret, type BoxPrivateKey, type BoxPublicKey } from '@/lib/crypto/keys';

/**
 * HPKE (RFC 9180), base mode, one message: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Written on node:crypto
 * because that costs a sixth of what WebCrypto does; tests hold it against RFC 9180's vectors and @hpke/core both ways.
 */
export interface HpkeMessage {
  /** The ephemeral public key, {@link ENC_BYTES} bytes. */
  readonly enc: Uint8Array;
  /** As long as the plaintext, and 16 bytes more for the tag. */
  readonly ciphertext: Uint8Array;
}

export const ENC_BYTES = 32;
const SHARED_SECRET_BYTES = 32;

const EMPTY = Buffer.alloc(0);
const VERSION_LABEL = Buffer.from('HPKE-v1');
const KEM_SUITE = Buffer.from([...Buffer.from('KEM'), 0x00, 0x20]);
const HPKE_SUITE = Buffer.from([...Buffer.from('HPKE'), 0x00, 0x20, 0x00, 0x01, 0x00, 0x02]);
const MODE_BASE = Buffer.of(0);

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

function labeledExtract(suite: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  return hmac(salt, VERSION_LABEL, suite, Buffer.from(label), ikm);
}

/** At most one block of SHA-256: nothing here needs more. */
function labeledExpand(suite: Buffer, prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const size = Buffer.of(0, length);
  return hmac(prk, size, VERSION_LABEL, suite, Buffer.from(label), info, Buffer.of(1)).subarray(0, length);
}

const PSK_ID_HASH = labeledExtract(HPKE_SUITE, EMPTY, 'psk_id_hash', EMPTY);

interface MessageKeys {
  readonly key: Buffer;
  readonly nonce: Buffer;
}

/** RFC 9180: ExtractAndExpand of 4.1, then KeySchedule of 5.1; the sequence number is 0, so the base nonce is the nonce. */
function schedule(dh: Buffer, enc: Uint8Array, recipientRaw: Uint8Array, info: Uint8Array): MessageKeys {
  const eaePrk = labeledExtract(KEM_SUITE, EMPTY, 'eae_prk', dh);
  const kemContext = Buffer.concat([enc, recipientRaw]);
  const shared = labeledExpand(KEM_SUITE, eaePrk, 'shared_secret', kemContext, SHARED_SECRET_BYTES);
  const context = Buffer.concat([MODE_BASE, PSK_ID_HASH, labeledExtract(HPKE_SUITE, EMPTY, 'info_hash', info)]);
  const secret = labeledExtract(HPKE_SUITE, shared, 'secret', EMPTY);
  const keys = {
    key: labeledExpand(HPKE_SUITE, secret, 'key', context, AEAD_KEY_BYTES),
    nonce: labeledExpand(HPKE_SUITE, secret, 'base_nonce', context, AEAD_NONCE_BYTES),
  };
  for (const used of [dh, eaePrk, shared, secret]) used.fill(0);
  return keys;
}

/**
 * Seals one message to `recipient`. `ephemeral` is there for test vectors only: used twice it gives the messages away.
 * Throws KeyError for a recipient key of small order.
 */
export function hpkeSeal(
  recipient: BoxPublicKey,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  ephemeral: BoxPrivateKey = ephemeralBoxKey(),
): HpkeMessage {
  const enc = ephemeral.publicRaw;
  const { key, nonce } = schedule(sharedSecret(ephemeral.key, recipient.key), enc, recipient.raw, info);
  const ciphertext = aeadSeal(key, nonce, aad, plaintext);
  key.fill(0);
  return { enc, ciphertext };
}

/** The plaintext, or `undefined` when the message was not sealed to this key, info and AAD, or was altered. */
export function hpkeOpen(
  recipient: BoxPrivateKey,
  info: Uint8Array,
  aad: Uint8Array,
  message: HpkeMessage,
): Buffer | undefined {
  if (message.enc.byteLength !== ENC_BYTES) return undefined;
  let dh: Buffer;
  try {
    dh = sharedSecret(recipient.key, importPeerKey(message.enc).key);
  } catch {
    return undefined;
  }
  const { key, nonce } = schedule(dh, message.enc, recipient.publicRaw, info);
  const opened = aeadOpen(key, nonce, aad, message.ciphertext);
  key.fill(0);
  return opened;
}
