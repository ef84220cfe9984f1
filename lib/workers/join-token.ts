import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '@/lib/crypto/keyring';

/**
 * A token that lets one new worker ask to join, once. The database has its hash, expiry and use; what it may do is said
 * by the token itself, under the keyring: someone who can only write to the database cannot let a worker in.
 * Form: `join_` or `local_` (approved at once, for the supervisor's own worker), 24 random bytes, 16 bytes of HMAC, base64url.
 */
const kinds = { join: false, local: true } as const;

export interface JoinToken {
  token: string;
  hash: Buffer;
  autoApprove: boolean;
}

function mac(keyring: Keyring, kind: string, random: Uint8Array): Buffer {
  return createHmac('sha256', keyring.sessionSecret).update(`secret-store worker token v1\0${kind}\0`).update(random).digest().subarray(0, 16);
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function issueJoinToken(keyring: Keyring, { autoApprove }: { autoApprove: boolean }): JoinToken {
  const kind = autoApprove ? 'local' : 'join';
  const random = randomBytes(24);
  const token = `${kind}_${Buffer.concat([random, mac(keyring, kind, random)]).toString('base64url')}`;
  return { token, hash: hashOf(token), autoApprove };
}

/** What a token may do, or null when this keyring has not issued it. Expiry and use are the database's to say. */
export function readJoinToken(keyring: Keyring, token: string): JoinToken | null {
  const match = /^(join|local)_([A-Za-z0-9_-]{54})$/.exec(token);
  const kind = match?.[1];
  const text = match?.[2];
  if ((kind !== 'join' && kind !== 'local') || !text) return null;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 40) return null;
  const random = bytes.subarray(0, 24);
  return timingSafeEqual(bytes.subarray(24), mac(keyring, kind, random)) ? { token, hash: hashOf(token), autoApprove: kinds[kind] } : null;
}
