import { createHmac, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX = 'sim';
const RANDOM_LETTERS = 25;
const FORM = /^sim[0-9A-Za-z]{25}$/;

/** The largest multiple of 62 that a byte holds; bytes from there on are dropped, else some letters came up more often. */
const FAIR_LIMIT = 256 - (256 % ALPHABET.length);

/** A new API key: `sim` and 25 letters of base 62, 149 random bits. Shown once, never stored. */
export function generateApiKey(): string {
  let letters = '';
  while (letters.length < RANDOM_LETTERS) {
    for (const byte of randomBytes(2 * RANDOM_LETTERS)) {
      if (byte < FAIR_LIMIT && letters.length < RANDOM_LETTERS) letters += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return PREFIX + letters;
}

export function isApiKeyForm(text: string): boolean {
  return FORM.test(text);
}

/** What a key is stored and found by: HMAC-SHA-256 under the keyring's `apiKeyHmac`, 32 bytes. A key has 149 random bits, so no slow hash is needed. */
export function apiKeyLookup(hmacKey: Uint8Array, apiKey: string): Buffer {
  return createHmac('sha256', hmacKey).update(apiKey).digest();
}

/** What lists show: the first six letters and the last four of a key, dots between. 107 of its random bits stay hidden. */
export function apiKeyMask(apiKey: string): string {
  return `${apiKey.slice(0, 6)}…${apiKey.slice(-4)}`;
}
