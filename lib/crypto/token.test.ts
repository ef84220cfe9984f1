import { describe, expect, it } from 'vitest';

import { deriveSecret } from '@/lib/crypto/derive';
import { generateSeed } from '@/lib/crypto/keys';
import { issueToken, readToken } from '@/lib/crypto/token';

const secret = generateSeed();
const key = deriveSecret(secret, 'session');
const token = issueToken(key, { workerId: 'w1', epoch: 3, local: true }, 2_000);

describe('A token', () => {
  it('gives back what it was issued for, until it expires', () => {
    expect(readToken(key, token, 1_999)).toEqual({ workerId: 'w1', epoch: 3, local: true });
    expect(readToken(key, token, 2_000)).toBeUndefined();
  });

  it('is worth nothing under the key for another purpose', () => {
    expect(readToken(deriveSecret(secret, 'challenge'), token, 0)).toBeUndefined();
    expect(readToken(deriveSecret(generateSeed(), 'session'), token, 0)).toBeUndefined();
  });

  it('is worth nothing with any letter changed, cut, or added to', () => {
    for (let at = 0; at < token.length; at += 1) {
      for (const letter of ['A', 'B', '.', '=', '\0']) {
        if (token.charAt(at) === letter) continue;
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        expect(readToken(key, changed, 0), `letter ${at}`).toBeUndefined();
      }
      expect(readToken(key, token.slice(0, at), 0)).toBeUndefined();
    }
    expect(readToken(key, `${token}A`, 0)).toBeUndefined();
    expect(readToken(key, `${token}.`, 0)).toBeUndefined();
    expect(readToken(key, `${token}\n`, 0)).toBeUndefined();
  });

  it('that is rubbish is worth nothing and crashes nothing', () => {
    for (const rubbish of ['', '.', 'a.b', '💥', 'x'.repeat(100_000), `e30.${'A'.repeat(43)}`]) {
      expect(readToken(key, rubbish, 0)).toBeUndefined();
    }
  });
});
