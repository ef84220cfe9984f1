import { describe, expect, it } from 'vitest';

import { EnvelopeError, type EnvelopeReason } from '@/lib/crypto/errors';
import { addPrimaryKey, createKeyring, retireKey } from '@/lib/crypto/keyring';
import { openRecord, recordKeyId, resealRecord, sealRecord } from '@/lib/crypto/record';

const keyring = createKeyring();
const plaintext = Buffer.from('{"vault_token":"canary"}');

function refusal(attempt: () => unknown): { reason: EnvelopeReason; message: string } | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof EnvelopeError) return error;
    throw error;
  }
}

describe('A record under the keyring', () => {
  it.each([0, 1, 100_000])('of %i bytes comes back', (length) => {
    const bytes = Buffer.alloc(length, 7);
    expect(openRecord(keyring, 'provider-1', sealRecord(keyring, 'provider-1', bytes)).equals(bytes)).toBe(true);
  });

  it('does not open as another record', () => {
    const sealed = sealRecord(keyring, 'provider-1', plaintext);
    expect(refusal(() => openRecord(keyring, 'provider-2', sealed))?.reason).toBe('sealed');
  });

  it('does not open with any bit flipped, cut, or added to', () => {
    const sealed = sealRecord(keyring, 'p', plaintext);
    for (let bit = 0; bit < sealed.byteLength * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(
        refusal(() => openRecord(keyring, 'p', altered)),
        `bit ${bit}`,
      ).toBeDefined();
    }
    for (let length = 0; length < sealed.byteLength; length += 1) {
      expect(refusal(() => openRecord(keyring, 'p', sealed.subarray(0, length)))).toBeDefined();
    }
    expect(refusal(() => openRecord(keyring, 'p', Buffer.concat([sealed, Buffer.of(0)])))?.reason).toBe('sealed');
  });

  it('does not take parts of another record, its data key included', () => {
    const [one, two] = [sealRecord(keyring, 'p', plaintext), sealRecord(keyring, 'p', plaintext)];
    const mixed = Buffer.concat([one.subarray(0, 72), two.subarray(72)]);
    expect(refusal(() => openRecord(keyring, 'p', mixed))?.reason).toBe('sealed');
    expect(one.subarray(12, 72).equals(two.subarray(12, 72))).toBe(false);
  });

  it('still opens under a key that is no longer primary', () => {
    const sealed = sealRecord(keyring, 'p', plaintext);
    const rotated = addPrimaryKey(keyring);
    expect(openRecord(rotated, 'p', sealed).equals(plaintext)).toBe(true);
    expect(recordKeyId(sealRecord(rotated, 'p', plaintext))).toBe(rotated.primary);
  });

  it('names the key when the keyring does not hold it', () => {
    const sealed = sealRecord(keyring, 'p', plaintext);
    const retired = retireKey(addPrimaryKey(keyring), keyring.primary);
    const refused = refusal(() => openRecord(retired, 'p', sealed));
    expect(refused?.reason).toBe('key');
    expect(refused?.message).toContain(keyring.primary);
  });

  it('is sealed anew once in a rotation, and then left alone', () => {
    const rotated = addPrimaryKey(keyring);
    const again = resealRecord(rotated, 'p', sealRecord(keyring, 'p', plaintext));
    if (again === undefined) throw new Error('It should have been sealed anew');
    const last = retireKey(rotated, keyring.primary);
    expect(openRecord(last, 'p', again).equals(plaintext)).toBe(true);
    expect(resealRecord(last, 'p', again)).toBeUndefined();
  });

  it('of a later format says so', () => {
    const later = sealRecord(keyring, 'p', plaintext);
    later[3] = 9;
    expect(refusal(() => openRecord(keyring, 'p', later))?.reason).toBe('version');
  });
});
