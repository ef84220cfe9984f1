import { describe, expect, it } from 'vitest';

import { EnvelopeError } from '@/lib/crypto/errors';
import { generateSeed, importBoxPrivateKey, importBoxPublicKey } from '@/lib/crypto/keys';
import { openFrom, sealTo } from '@/lib/crypto/sealed-box';

const recipient = importBoxPrivateKey(generateSeed());
const recipientPublicKey = importBoxPublicKey(recipient.publicRaw);
const plaintext = generateSeed();
const aad = Buffer.from('worker 1, epoch 1');
const sealed = sealTo({ recipientPublicKey, info: 'pool-grant', aad, plaintext });
const open = (change: Partial<Parameters<typeof openFrom>[0]> = {}) =>
  openFrom({ recipientPrivateKey: recipient, info: 'pool-grant', aad, sealed, ...change });

describe('A box for one recipient', () => {
  it('opens for that recipient', () => {
    expect(open().equals(plaintext)).toBe(true);
  });

  it('does not open for another recipient, purpose or binding', () => {
    expect(() => open({ recipientPrivateKey: importBoxPrivateKey(generateSeed()) })).toThrow(EnvelopeError);
    expect(() => open({ info: 'recovery' })).toThrow(EnvelopeError);
    expect(() => open({ aad: Buffer.from('worker 2, epoch 1') })).toThrow(EnvelopeError);
  });

  it('does not open with any bit flipped, cut, or added to', () => {
    for (let bit = 0; bit < sealed.byteLength * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open({ sealed: altered }), `bit ${bit}`).toThrow(EnvelopeError);
    }
    for (let length = 0; length < sealed.byteLength; length += 1) {
      expect(() => open({ sealed: sealed.subarray(0, length) })).toThrow(EnvelopeError);
    }
    expect(() => open({ sealed: Buffer.concat([sealed, Buffer.of(0)]) })).toThrow(EnvelopeError);
  });
});
