import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { describe, expect, it } from 'vitest';

import { hpkeOpen, hpkeSeal } from '@/lib/crypto/hpke';
import { generateSeed, importBoxPrivateKey, importBoxPublicKey } from '@/lib/crypto/keys';
import rfc from '@/lib/crypto/vectors/rfc9180.json';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('HPKE', () => {
  it('seals exactly what RFC 9180 says for its keys', () => {
    const recipient = importBoxPublicKey(hex(rfc.pkRm));
    const ephemeral = importBoxPrivateKey(hex(rfc.skEm));
    const message = hpkeSeal(recipient, hex(rfc.info), hex(rfc.aad), hex(rfc.plaintext), ephemeral);
    expect(Buffer.from(message.enc).toString('hex')).toBe(rfc.enc);
    expect(Buffer.from(message.ciphertext).toString('hex')).toBe(rfc.ciphertext);
  });

  it("opens RFC 9180's ciphertext", () => {
    const recipient = importBoxPrivateKey(hex(rfc.skRm));
    const message = { enc: hex(rfc.enc), ciphertext: hex(rfc.ciphertext) };
    expect(hpkeOpen(recipient, hex(rfc.info), hex(rfc.aad), message)?.toString('hex')).toBe(rfc.plaintext);
  });

  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const info = Buffer.from('some info');
  const aad = Buffer.from('some associated data');
  const lengths = [0, 1, 64, 1024, 65_536];

  it.each(lengths)('@hpke/core opens what we seal (%i bytes)', async (length) => {
    const recipient = importBoxPrivateKey(generateSeed());
    const plaintext = Buffer.alloc(length, 0x61);
    const { enc, ciphertext } = hpkeSeal(importBoxPublicKey(recipient.publicRaw), info, aad, plaintext);
    const seed = recipient.key.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
    const recipientKey = await suite.kem.importKey('raw', Uint8Array.from(seed).buffer, false);
    const opened = await suite.open(
      { recipientKey, enc: Uint8Array.from(enc).buffer, info: Uint8Array.from(info).buffer },
      Uint8Array.from(ciphertext).buffer,
      Uint8Array.from(aad).buffer,
    );
    expect(Buffer.from(opened).equals(plaintext)).toBe(true);
  });

  it.each(lengths)('we open what @hpke/core seals (%i bytes)', async (length) => {
    const recipient = importBoxPrivateKey(generateSeed());
    const plaintext = Buffer.alloc(length, 0x62);
    const publicKey = await suite.kem.importKey('raw', Uint8Array.from(recipient.publicRaw).buffer, true);
    const sealed = await suite.seal(
      { recipientPublicKey: publicKey, info: Uint8Array.from(info).buffer },
      Uint8Array.from(plaintext).buffer,
      Uint8Array.from(aad).buffer,
    );
    const message = { enc: new Uint8Array(sealed.enc), ciphertext: new Uint8Array(sealed.ct) };
    expect(hpkeOpen(recipient, info, aad, message)?.equals(plaintext)).toBe(true);
  });

  it('does not open for another recipient, info or associated data, nor an ephemeral key of small order', () => {
    const recipient = importBoxPrivateKey(generateSeed());
    const message = hpkeSeal(importBoxPublicKey(recipient.publicRaw), info, aad, Buffer.from('x'));
    expect(hpkeOpen(recipient, info, aad, message)?.toString()).toBe('x');
    expect(hpkeOpen(importBoxPrivateKey(generateSeed()), info, aad, message)).toBeUndefined();
    expect(hpkeOpen(recipient, aad, aad, message)).toBeUndefined();
    expect(hpkeOpen(recipient, info, info, message)).toBeUndefined();
    expect(hpkeOpen(recipient, info, aad, { ...message, enc: new Uint8Array(32) })).toBeUndefined();
    expect(hpkeOpen(recipient, info, aad, { ...message, enc: new Uint8Array(31) })).toBeUndefined();
    expect(hpkeOpen(recipient, info, aad, { ...message, ciphertext: new Uint8Array(15) })).toBeUndefined();
  });

  it('uses a new ephemeral key for every message', () => {
    const recipient = importBoxPublicKey(importBoxPrivateKey(generateSeed()).publicRaw);
    const encs = Array.from({ length: 50 }, () => Buffer.from(hpkeSeal(recipient, info, aad, aad).enc).toString('hex'));
    expect(new Set(encs).size).toBe(50);
  });
});
