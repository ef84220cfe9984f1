import { describe, expect, it } from 'vitest';

import { generateSeed, importSigningKey } from '@/lib/crypto/keys';
import { signBytes, verifyBytes } from '@/lib/crypto/sign';
import wycheproof from '@/lib/crypto/vectors/wycheproof-ed25519.json';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('Signatures', () => {
  it.each(wycheproof.tests)('Wycheproof $tcId is $result: $flags $comment', (test) => {
    expect(verifyBytes(hex(test.pk), hex(test.msg), hex(test.sig))).toBe(test.result === 'valid');
  });

  it('what a key signs, its public half verifies, and no other', () => {
    const key = importSigningKey(generateSeed());
    const bytes = Buffer.from('secret-store test v1\0hello');
    const signature = signBytes(key, bytes);
    expect(verifyBytes(key.verifyKey, bytes, signature)).toBe(true);
    expect(verifyBytes(key.verifyKey.raw, bytes, signature)).toBe(true);
    expect(verifyBytes(importSigningKey(generateSeed()).verifyKey, bytes, signature)).toBe(false);
    expect(verifyBytes(key.verifyKey, Buffer.from('other'), signature)).toBe(false);
  });

  it('rubbish as key or signature is a "no", not a crash', () => {
    const bytes = Buffer.from('x');
    const signature = signBytes(importSigningKey(generateSeed()), bytes);
    for (const key of [new Uint8Array(0), new Uint8Array(31), new Uint8Array(32).fill(0xff)]) {
      expect(verifyBytes(key, bytes, signature)).toBe(false);
    }
    for (const length of [0, 63, 65]) {
      expect(verifyBytes(importSigningKey(generateSeed()).verifyKey, bytes, new Uint8Array(length))).toBe(false);
    }
  });
});
