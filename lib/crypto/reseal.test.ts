import { describe, expect, it } from 'vitest';

import { openValue, sealUnsigned, sealValue, signSealed, verifyEnvelope } from '@/lib/crypto/envelope';
import { generateSeed, importBoxPrivateKey, importBoxPublicKey, importSigningKey } from '@/lib/crypto/keys';
import { EnvelopeError } from '@/lib/crypto/errors';
import vectors from '@/lib/crypto/vectors/envelope.json';

const hex = (text: string) => Buffer.from(text, 'hex');
const pool = importBoxPrivateKey(generateSeed());
const poolPublicKey = importBoxPublicKey(pool.publicRaw);
const signingKey = importSigningKey(generateSeed());
const signer = signingKey.verifyKey.id;
const verifyKeys = [signingKey.verifyKey];
const context = { algorithmId: 'a', secretId: 's', secretKey: 'KEY', version: 1, poolEpoch: 2 };
const value = Buffer.from('value');

describe('An envelope of two halves, sealed by a worker and signed by the server', () => {
  it.each(vectors.tests)('$name: is to the byte what one side alone makes', (test) => {
    const key = importSigningKey(hex(vectors.signerSeed));
    const parts = sealUnsigned({
      poolPublicKey: importBoxPublicKey(hex(vectors.poolPublicKey)),
      signer: key.verifyKey.id,
      context: test.context,
      value: hex(test.value),
      ephemeral: importBoxPrivateKey(hex(test.ephemeralPrivateKey)),
    });
    expect(signSealed(key, test.context, parts).toString('hex')).toBe(test.envelope);
  });

  it('opens like any other', () => {
    const envelope = signSealed(signingKey, context, sealUnsigned({ poolPublicKey, signer, context, value }));
    expect(openValue({ poolPrivateKey: pool, verifyKeys, context, envelope })).toEqual(value);
  });

  it.each([
    ['record', { secretKey: 'OTHER' }],
    ['version', { version: 2 }],
    ['epoch', { poolEpoch: 3 }],
  ])('does not open when the server signs it for another %s than it was sealed for', (_what, change) => {
    const other = { ...context, ...change };
    const envelope = signSealed(signingKey, other, sealUnsigned({ poolPublicKey, signer, context, value }));
    expect(() => openValue({ poolPrivateKey: pool, verifyKeys, context: other, envelope })).toThrow('does not open');
  });

  it('does not open when it was sealed for another signer', () => {
    const envelope = signSealed(signingKey, context, sealUnsigned({ poolPublicKey, signer: '00'.repeat(8), context, value }));
    expect(() => openValue({ poolPrivateKey: pool, verifyKeys, context, envelope })).toThrow('does not open');
  });

  it('is not signed when its parts have lengths that none has', () => {
    const parts = sealUnsigned({ poolPublicKey, signer, context, value });
    expect(() => signSealed(signingKey, context, { ...parts, enc: parts.enc.subarray(1) })).toThrow('another length');
    expect(() => signSealed(signingKey, context, { ...parts, ciphertext: parts.ciphertext.subarray(1) })).toThrow('length that none has');
  });
});

describe('Without the pool’s private key', () => {
  it('everything about an envelope but its value can be checked', () => {
    const envelope = sealValue({ poolPublicKey, signingKey, context, value });
    expect(verifyEnvelope({ verifyKeys, context, envelope }).ciphertext.byteLength).toBe(64 + 16);
    for (const other of [{ ...context, version: 2 }, { ...context, poolEpoch: 3 }, { ...context, secretId: 't' }]) {
      expect(() => verifyEnvelope({ verifyKeys, context: other, envelope })).toThrow(EnvelopeError);
    }
    const altered = Buffer.from(envelope);
    altered[70] = (altered[70] ?? 0) ^ 1;
    expect(() => verifyEnvelope({ verifyKeys, context, envelope: altered })).toThrow('altered or moved');
  });
});
