import { randomBytes } from 'node:crypto';
import { deriveSecret } from '@/lib/crypto/derive';
import { issueToken, readToken } from '@/lib/crypto/token';

const challengeMs = 60_000;
const sessionSeconds = 15 * 60;
const cachedSessions = 10_000;

/**
 * Challenges and bearer tokens of workers, without state: each carries its expiry and an HMAC under the keyring, so any
 * delivery listener of the installation accepts what another one gave out. Whether a worker is still welcome is asked of
 * the database with every request.
 */
export class Sessions {
  readonly #challengeKey: Buffer;
  readonly #sessionKey: Buffer;
  readonly #verified = new Map<string, { workerId: string; until: number }>();

  /** `secret` is the keyring's session secret. */
  constructor(secret: Uint8Array) {
    this.#challengeKey = deriveSecret(secret, 'worker-challenge/v1');
    this.#sessionKey = deriveSecret(secret, 'worker-session/v1');
  }

  challenge(): string {
    return issueToken(this.#challengeKey, { random: randomBytes(16).toString('base64url') }, Date.now() + challengeMs);
  }

  acceptsChallenge(challenge: string): boolean {
    return readToken(this.#challengeKey, challenge, Date.now()) !== undefined;
  }

  begin(workerId: string): { token: string; expiresIn: number } {
    const token = issueToken(this.#sessionKey, { worker: workerId }, Date.now() + sessionSeconds * 1000);
    return { token, expiresIn: sessionSeconds };
  }

  /** The id of the worker whose token this is, or null when the token is none of ours or over. */
  workerOf(token: string): string | null {
    const known = this.#verified.get(token);
    if (known && known.until > Date.now()) return known.workerId;
    const worker = readToken(this.#sessionKey, token, Date.now())?.['worker'];
    if (typeof worker !== 'string') return null;
    if (this.#verified.size >= cachedSessions) this.#verified.clear();
    // The HMAC is checked again every few seconds, which also finds the expiry.
    this.#verified.set(token, { workerId: worker, until: Date.now() + 5_000 });
    return worker;
  }
}
