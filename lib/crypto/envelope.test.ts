import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import type { SealContext } from '@/lib/crypto/context';
import { MAX_ENVELOPE_BYTES, MAX_VALUE_BYTES, openValue, readEnvelopeHeader, sealValue } from '@/lib/crypto/envelope';
import { EnvelopeError, type EnvelopeReason } from '@/lib/crypto/errors';
import { generateSeed, importBoxPrivateKey, importBoxPublicKey, importSigningKey } from '@/lib/crypto/keys';
import { signBytes } from '@/lib/crypto/sign';
import vectors from '@/lib/crypto/vectors/envelope.json';

const hex = (text: string) => Buffer.from(text, 'hex');

const poolPrivateKey = importBoxPrivateKey(generateSeed());
const poolPublicKey = importBoxPublicKey(poolPrivateKey.publicRaw);
const signingKey = importSigningKey(generateSeed());
const verifyKeys = [signingKey.verifyKey];
const context: SealContext = {
  algorithmId: '0190a1b2-0000-7000-8000-00000000000a',
  secretId: '0190a1b2-0000-7000-8000-00000000000b',
  secretKey: 'DB_PASSWORD',
  version: 3,
  poolEpoch: 2,
};
const value = Buffer.from('pässwörd with a newline\n');

const seal = (change: Partial<Parameters<typeof sealValue>[0]> = {}) =>
  sealValue({ poolPublicKey, signingKey, context, value, ...change });
const open = (envelope: Uint8Array, change: Partial<Parameters<typeof openValue>[0]> = {}) =>
  openValue({ poolPrivateKey, verifyKeys, context, envelope, ...change });

/** Why opening was refused; anything but an EnvelopeError fails the test. */
function reasonOf(attempt: () => unknown): EnvelopeReason | 'opened' {
  try {
    attempt();
    return 'opened';
  } catch (error) {
    if (error instanceof EnvelopeError) return error.reason;
    throw error;
  }
}

describe('Vectors of docs/envelope.md, computed by another implementation', () => {
  const pool = importBoxPrivateKey(hex(vectors.poolPrivateKey));
  const signer = importSigningKey(hex(vectors.signerSeed));

  it('keys', () => {
    expect(Buffer.from(pool.publicRaw).toString('hex')).toBe(vectors.poolPublicKey);
    expect(Buffer.from(signer.verifyKey.raw).toString('hex')).toBe(vectors.signerPublicKey);
    expect(signer.verifyKey.id).toBe(vectors.signerId);
  });

  it.each(vectors.tests)('$name: sealed and opened to the byte', (test) => {
    const sealed = sealValue({
      poolPublicKey: importBoxPublicKey(hex(vectors.poolPublicKey)),
      signingKey: signer,
      context: test.context,
      value: hex(test.value),
      ephemeral: importBoxPrivateKey(hex(test.ephemeralPrivateKey)),
    });
    expect(sealed.toString('hex')).toBe(test.envelope);
    const opened = openValue({
      poolPrivateKey: pool,
      verifyKeys: [signer.verifyKey],
      context: test.context,
      envelope: hex(test.envelope),
    });
    expect(opened.toString('hex')).toBe(test.value);
  });
});

describe('A sealed value', () => {
  it.each([0, 1, 63, 64, 65, 1024, MAX_VALUE_BYTES])('of %i bytes comes back byte for byte', (length) => {
    const bytes = randomBytes(length);
    const envelope = seal({ value: bytes });
    expect(open(envelope).equals(bytes)).toBe(true);
    expect(envelope.byteLength).toBe(128 + 64 * (Math.floor(length / 64) + 1));
    expect(envelope.byteLength).toBeLessThanOrEqual(MAX_ENVELOPE_BYTES);
  });

  it('that ends in zeros or in 0x80 comes back as it was', () => {
    for (const bytes of [Buffer.alloc(64), Buffer.of(0x80), Buffer.of(0x80, 0, 0), Buffer.alloc(63)]) {
      expect(open(seal({ value: bytes })).equals(bytes)).toBe(true);
    }
  });

  it('one byte too long is refused', () => {
    expect(reasonOf(() => seal({ value: Buffer.alloc(MAX_VALUE_BYTES + 1) }))).toBe('value');
  });

  it('looks different each time, and its length does not tell a short password from a longer one', () => {
    expect(seal().equals(seal())).toBe(false);
    expect(seal({ value: Buffer.from('1234') }).byteLength).toBe(seal({ value: Buffer.alloc(40) }).byteLength);
  });

  it('does not contain the value', () => {
    const marked = Buffer.from('canary-canary-canary');
    expect(seal({ value: marked }).includes(marked)).toBe(false);
  });

  it('tells its epoch and signer in clear', () => {
    expect(readEnvelopeHeader(seal())).toEqual({ poolEpoch: 2, signer: signingKey.verifyKey.id });
  });
});

describe('An envelope is refused', () => {
  it('with any bit flipped', () => {
    const envelope = seal();
    for (let bit = 0; bit < envelope.byteLength * 8; bit += 1) {
      const altered = Buffer.from(envelope);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(
        reasonOf(() => open(altered)),
        `bit ${bit}`,
      ).not.toBe('opened');
    }
  });

  it('cut to any length', () => {
    const envelope = seal();
    for (let length = 0; length < envelope.byteLength; length += 1) {
      expect(
        reasonOf(() => open(envelope.subarray(0, length))),
        `${length} bytes`,
      ).not.toBe('opened');
    }
  });

  it('with anything added, before, behind or within', () => {
    const envelope = seal();
    for (const length of [1, 16, 64, 128, 70_000]) {
      const more = Buffer.alloc(length);
      expect(reasonOf(() => open(Buffer.concat([envelope, more])))).not.toBe('opened');
      expect(reasonOf(() => open(Buffer.concat([more, envelope])))).not.toBe('opened');
      const within = Buffer.concat([envelope.subarray(0, 60), more, envelope.subarray(60)]);
      expect(reasonOf(() => open(within))).not.toBe('opened');
    }
  });

  const others: Record<keyof SealContext, SealContext> = {
    algorithmId: { ...context, algorithmId: context.secretId },
    secretId: { ...context, secretId: context.algorithmId },
    secretKey: { ...context, secretKey: 'DB_PASSWORe' },
    version: { ...context, version: 4 },
    poolEpoch: { ...context, poolEpoch: 3 },
  };

  it.each(Object.entries(others))('in a record with another %s, either way round', (field, other) => {
    const expected = field === 'poolEpoch' ? 'epoch' : 'signature';
    expect(reasonOf(() => open(seal(), { context: other }))).toBe(expected);
    expect(reasonOf(() => open(seal({ context: other })))).toBe(expected);
  });

  it('when a byte moves from one field of the record to the next', () => {
    const moved = { ...context, secretId: `${context.secretId}D`, secretKey: 'B_PASSWORD' };
    expect(reasonOf(() => open(seal(), { context: moved }))).toBe('signature');
  });

  it('swapped with the envelope of any other record', () => {
    const records = [
      context,
      ...Object.values(others),
      { ...context, algorithmId: context.secretId, secretId: context.algorithmId },
    ].map((record) => ({ record, envelope: seal({ context: record }) }));
    for (const { record } of records) {
      for (const from of records) {
        const reason = reasonOf(() => open(from.envelope, { context: record }));
        expect(reason === 'opened').toBe(from.record === record);
      }
    }
  });

  it("signed by another key, also when it claims the server's", () => {
    const attacker = importSigningKey(generateSeed());
    expect(reasonOf(() => open(seal({ signingKey: attacker })))).toBe('signer');
    const claimed = Buffer.from(seal({ signingKey: attacker }));
    claimed.write(signingKey.verifyKey.id, 8, 'hex');
    expect(reasonOf(() => open(claimed))).toBe('signature');
    const resigned = Buffer.concat([claimed.subarray(0, -64), signBytes(attacker, claimed.subarray(0, -64))]);
    expect(reasonOf(() => open(resigned))).toBe('signature');
  });

  it('without a signature, or trusted by nobody', () => {
    const unsigned = Buffer.from(seal());
    unsigned.fill(0, unsigned.byteLength - 64);
    expect(reasonOf(() => open(unsigned))).toBe('signature');
    expect(reasonOf(() => open(seal().subarray(0, -64)))).toBe('format');
    const twoBlocks = seal({ value: Buffer.alloc(100) });
    expect(reasonOf(() => open(twoBlocks.subarray(0, -64)))).toBe('signature');
    expect(reasonOf(() => open(seal(), { verifyKeys: [] }))).toBe('signer');
  });

  it("with the signature of the same record's other value", () => {
    const [first, second] = [seal(), seal({ value: Buffer.from('another') })];
    const mixed = Buffer.concat([first.subarray(0, -64), second.subarray(-64)]);
    expect(reasonOf(() => open(mixed))).toBe('signature');
  });

  it('with another pool key', () => {
    const other = importBoxPrivateKey(generateSeed());
    expect(reasonOf(() => open(seal(), { poolPrivateKey: other }))).toBe('sealed');
  });

  it('of a later format, saying so', () => {
    const later = Buffer.from(seal());
    later[3] = 2;
    expect(reasonOf(() => open(later))).toBe('version');
  });

  it('when it is rubbish, with a typed error and never a crash', () => {
    const reasons = new Set<string>();
    for (let round = 0; round < 3000; round += 1) {
      const noise = randomBytes(randomInt(0, 400));
      // Half of them get past the first checks.
      if (round % 2 === 0) seal().copy(noise, 0, 0, randomInt(0, 60));
      reasons.add(reasonOf(() => open(noise)));
    }
    expect(reasons).not.toContain('opened');
    expect(reasons).toContain('format');
  });
});

describe('A record that cannot be bound', () => {
  const bad: Record<string, Partial<SealContext>> = {
    'an empty id': { algorithmId: '' },
    'an id with a space': { secretId: 'with space' },
    'a key that is not ASCII': { secretKey: 'ключ' },
    'a key with NUL': { secretKey: 'A\0B' },
    'a key too long for its length': { secretKey: 'A'.repeat(65_536) },
    'version 0': { version: 0 },
    'version 1.5': { version: 1.5 },
    'version 2^32': { version: 2 ** 32 },
    'a version that is no number': { version: Number.NaN },
    'a negative epoch': { poolEpoch: -1 },
  };

  it.each(Object.entries(bad))('%s is refused at both ends', (_name, change) => {
    const record = { ...context, ...change };
    expect(reasonOf(() => seal({ context: record }))).toBe('context');
    expect(reasonOf(() => open(seal(), { context: record }))).toBe('context');
  });
});

describe('A signer that is replaced', () => {
  it('leaves what it signed openable while workers trust both', () => {
    const next = importSigningKey(generateSeed());
    const both = { verifyKeys: [next.verifyKey, signingKey.verifyKey] };
    expect(open(seal(), both).equals(value)).toBe(true);
    expect(open(seal({ signingKey: next }), both).equals(value)).toBe(true);
    expect(reasonOf(() => open(seal(), { verifyKeys: [next.verifyKey] }))).toBe('signer');
  });
});

describe('What an error says', () => {
  it('holds nothing of the value', () => {
    const marked = Buffer.from('canary-canary-canary');
    const envelope = seal({ value: marked });
    envelope[envelope.byteLength - 1] = (envelope.at(-1) ?? 0) ^ 1;
    expect(() => open(envelope)).toThrow(EnvelopeError);
    try {
      open(envelope);
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain('canary');
    }
  });
});
