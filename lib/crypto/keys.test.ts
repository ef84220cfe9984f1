import { describe, expect, it } from 'vitest';

import {
  KeyError,
  ephemeralBoxKey,
  fingerprint,
  generateSeed,
  importBoxPrivateKey,
  importBoxPublicKey,
  importPeerKey,
  importSigningKey,
  importVerifyKey,
  sharedSecret,
  signerId,
} from '@/lib/crypto/keys';
import wycheproof from '@/lib/crypto/vectors/wycheproof-x25519.json';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('X25519 keys', () => {
  const zero = wycheproof.tests.filter((test) => test.flags.includes('ZeroSharedSecret'));
  const usable = wycheproof.tests.filter((test) => !test.flags.includes('ZeroSharedSecret'));

  it.each(usable)('Wycheproof $tcId agrees on the secret: $comment', (test) => {
    const secret = sharedSecret(importBoxPrivateKey(hex(test.private)).key, importPeerKey(hex(test.public)).key);
    expect(secret.toString('hex')).toBe(test.shared);
  });

  it.each(zero)('Wycheproof $tcId, a point of small order, is refused: $comment', (test) => {
    const { key } = importBoxPrivateKey(hex(test.private));
    expect(() => sharedSecret(key, importPeerKey(hex(test.public)).key)).toThrow(KeyError);
    expect(() => importBoxPublicKey(hex(test.public))).toThrow(KeyError);
  });

  it('a public key in another spelling than its own is not sealed to', () => {
    const others = wycheproof.tests.filter((test) => test.flags.includes('NonCanonicalPublic'));
    expect(others.length).toBeGreaterThan(5);
    for (const test of others) expect(() => importBoxPublicKey(hex(test.public))).toThrow(KeyError);
    const good = Buffer.from(ephemeralBoxKey().publicRaw);
    good[31] = (good[31] ?? 0) | 0x80;
    expect(() => importBoxPublicKey(good)).toThrow('canonical');
  });

  it("a private key has RFC 7748's public key", () => {
    const alice = importBoxPrivateKey(hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'));
    const expected = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';
    expect(Buffer.from(alice.publicRaw).toString('hex')).toBe(expected);
    expect(importBoxPublicKey(alice.publicRaw).raw).toEqual(alice.publicRaw);
  });

  it('a key of another length is refused', () => {
    for (const length of [0, 31, 33, 64]) {
      const raw = new Uint8Array(length);
      for (const make of [importBoxPublicKey, importBoxPrivateKey, importSigningKey, importVerifyKey]) {
        expect(() => make(raw)).toThrow(KeyError);
      }
    }
  });

  it('many keys are made under load without a hang', () => {
    const raws = new Set<string>();
    for (let made = 0; made < 2000; made += 1) raws.add(Buffer.from(ephemeralBoxKey().publicRaw).toString('hex'));
    expect(raws.size).toBe(2000);
  });
});

describe('Names of keys', () => {
  it('a signer is named by the first 8 bytes of SHA-256 over its public key', () => {
    const { verifyKey } = importSigningKey(new Uint8Array(32));
    // RFC 8032 arithmetic: the public key of the all-zero seed.
    expect(Buffer.from(verifyKey.raw).toString('hex')).toBe(
      '3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29',
    );
    expect(verifyKey.id).toBe(signerId(verifyKey.raw));
    expect(verifyKey.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('a fingerprint is eight groups of four hex digits and changes with either key', () => {
    const [box, sign] = [generateSeed(), generateSeed()];
    const print = fingerprint(box, sign);
    expect(print).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
    expect(fingerprint(box, sign)).toBe(print);
    expect(fingerprint(generateSeed(), sign)).not.toBe(print);
    expect(fingerprint(box, generateSeed())).not.toBe(print);
    expect(fingerprint(sign, box)).not.toBe(print);
  });
});
