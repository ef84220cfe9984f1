import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token carries; readable by whoever holds it, so never a secret. */
export type TokenPayload = Readonly<Record<string, string | number | boolean>>;

interface TokenBody {
  readonly p: TokenPayload;
  /** Milliseconds since 1970. */
  readonly e: number;
}

const FORM = /^([A-Za-z0-9_-]{1,4000})\.([A-Za-z0-9_-]{43})$/;

function mac(key: Uint8Array, body: string): string {
  return createHmac('sha256', key).update('secret-store token v1\0').update(body).digest('base64url');
}

/**
 * A token that needs no storage: `body.mac`, both base64url, HMAC-SHA-256 under `key`. Use a key per kind of token (see
 * deriveSecret), so that one kind cannot be used as another. `expiresAt` is a time in milliseconds.
 */
export function issueToken(key: Uint8Array, payload: TokenPayload, expiresAt: number): string {
  const content: TokenBody = { p: payload, e: expiresAt };
  const body = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${body}.${mac(key, body)}`;
}

function isBody(value: unknown): value is TokenBody {
  return typeof value === 'object' && value !== null && 'p' in value && 'e' in value && typeof value.e === 'number';
}

/** The payload of a token that was issued under this key and has not expired at `now` (milliseconds); else `undefined`. */
export function readToken(key: Uint8Array, token: string, now: number): TokenPayload | undefined {
  const [, body, tag] = FORM.exec(token) ?? [];
  if (body === undefined || tag === undefined) return undefined;
  // The letters, not the bytes that they stand for: of those bytes base64url has more than one spelling.
  if (!timingSafeEqual(Buffer.from(mac(key, body)), Buffer.from(tag))) return undefined;
  const content: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  return isBody(content) && now < content.e ? content.p : undefined;
}
