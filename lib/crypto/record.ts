import { randomBytes } from 'node:crypto';

import { AEAD_KEY_BYTES, AEAD_NONCE_BYTES, AEAD_TAG_BYTES, aeadOpen, aeadSeal } from '@/lib/crypto/aead';
import { EnvelopeError } from '@/lib/crypto/errors';
import type { Keyring, RecordKey } from '@/lib/crypto/keyring';

/*
 * A record under the server keyring (a provider's configuration):
 *   header (4) ‖ key id (8) ‖ nonce (12) ‖ wrapped data key (32 + 16) ‖ nonce (12) ‖ content (n + 16)
 * A fresh data key per record; both ciphers bind header, key id and record id. See docs/envelope.md.
 */
const MAGIC = Buffer.from('SSR');
const FORMAT = 1;
const KEY_ID_AT = 4;
const KEY_ID_BYTES = 8;
const WRAPPED_AT = KEY_ID_AT + KEY_ID_BYTES;
const WRAPPED_BYTES = AEAD_NONCE_BYTES + AEAD_KEY_BYTES + AEAD_TAG_BYTES;
const CONTENT_AT = WRAPPED_AT + WRAPPED_BYTES;

function encrypt(key: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const nonce = randomBytes(AEAD_NONCE_BYTES);
  return Buffer.concat([nonce, aeadSeal(key, nonce, aad, plaintext)]);
}

function decrypt(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  const opened = aeadOpen(key, sealed.subarray(0, AEAD_NONCE_BYTES), aad, sealed.subarray(AEAD_NONCE_BYTES));
  if (opened === undefined) {
    throw new EnvelopeError('sealed', 'This is another record, was altered, or was sealed under another keyring');
  }
  return opened;
}

function associatedData(part: 'key' | 'content', header: Uint8Array, recordId: string): Buffer {
  return Buffer.concat([Buffer.from(`secret-store/record-${part}/v1\0`), header, Buffer.from(recordId)]);
}

function findKey(keyring: Keyring, keyId: string): RecordKey {
  const key = keyring.keys.find(({ id }) => id === keyId);
  if (key === undefined) {
    throw new EnvelopeError('key', `This record is sealed under key ${keyId}, which the keyring does not hold`);
  }
  return key;
}

/** Seals a record of the server's own under the keyring's primary key, bound to the record's id. */
export function sealRecord(keyring: Keyring, recordId: string, plaintext: Uint8Array): Buffer {
  const { id, aesKey } = findKey(keyring, keyring.primary);
  const header = Buffer.concat([MAGIC, Buffer.of(FORMAT), Buffer.from(id, 'hex')]);
  const dataKey = randomBytes(AEAD_KEY_BYTES);
  const wrapped = encrypt(aesKey, associatedData('key', header, recordId), dataKey);
  const content = encrypt(dataKey, associatedData('content', header, recordId), plaintext);
  dataKey.fill(0);
  return Buffer.concat([header, wrapped, content]);
}

/** The id of the keyring's key that a record is sealed under. Throws {@link EnvelopeError}: `format` or `version`. */
export function recordKeyId(sealed: Uint8Array): string {
  const isLongEnough = sealed.byteLength >= CONTENT_AT + AEAD_NONCE_BYTES + AEAD_TAG_BYTES;
  if (!isLongEnough || !MAGIC.equals(sealed.subarray(0, MAGIC.byteLength))) {
    throw new EnvelopeError('format', 'This is no sealed record: it does not begin like one, or was cut');
  }
  if (sealed[MAGIC.byteLength] !== FORMAT) {
    throw new EnvelopeError('version', 'This record was sealed in a format that this version does not know');
  }
  return Buffer.from(sealed.subarray(KEY_ID_AT, WRAPPED_AT)).toString('hex');
}

/** Throws {@link EnvelopeError}: `format`, `version`, `key` (not in this keyring) or `sealed` (altered, or another record). */
export function openRecord(keyring: Keyring, recordId: string, sealed: Uint8Array): Buffer {
  const { aesKey } = findKey(keyring, recordKeyId(sealed));
  const header = sealed.subarray(0, WRAPPED_AT);
  const wrapped = sealed.subarray(WRAPPED_AT, CONTENT_AT);
  const dataKey = decrypt(aesKey, associatedData('key', header, recordId), wrapped);
  const content = decrypt(dataKey, associatedData('content', header, recordId), sealed.subarray(CONTENT_AT));
  dataKey.fill(0);
  return content;
}

/** The record under the primary key and a fresh data key; `undefined` when it is under it already, so a rotation can be resumed. */
export function resealRecord(keyring: Keyring, recordId: string, sealed: Uint8Array): Buffer | undefined {
  if (recordKeyId(sealed) === keyring.primary) return undefined;
  return sealRecord(keyring, recordId, openRecord(keyring, recordId, sealed));
}
