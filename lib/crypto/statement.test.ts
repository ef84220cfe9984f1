import { describe, expect, it } from 'vitest';

import { generateSeed, importSigningKey } from '@/lib/crypto/keys';
import { signBytes } from '@/lib/crypto/sign';
import {
  approvalStatement,
  isSignedBy,
  joinStatement,
  poolStatement,
  providerStatement,
  referenceStatement,
  sessionStatement,
  verifyKeysStatement,
} from '@/lib/crypto/statement';

const keys = { boxKey: generateSeed(), signKey: generateSeed() };
const swapped = { boxKey: keys.signKey, signKey: keys.boxKey };
const pool = {
  epoch: 1,
  publicKey: generateSeed(),
  recoveryPublicKey: generateSeed(),
  recoveryEnvelope: Buffer.from('envelope'),
};

const provider = { providerId: 'p', moduleSha256: 'ab', factoryClassName: 'x.Y', settings: { heapMb: 64, jvmOptions: ['-Da=b'] } };
const entry = { algorithmId: 'a', secretId: 's', secretKey: 'K', version: 1, providerId: 'p', providerKey: 'e' };

describe('Signed statements', () => {
  it('of different purposes or about different things never have the same bytes', () => {
    const statements = [
      joinStatement('token', keys),
      joinStatement('other', keys),
      joinStatement('token', swapped),
      sessionStatement('server', 'worker', 'challenge'),
      sessionStatement('serverw', 'orker', 'challenge'),
      sessionStatement('server', 'workerc', 'hallenge'),
      approvalStatement('server', 'worker', keys),
      approvalStatement('server', 'worker', swapped),
      approvalStatement('other', 'worker', keys),
      poolStatement('server', pool),
      poolStatement('other', pool),
      poolStatement('server', { ...pool, epoch: 2 }),
      poolStatement('server', { ...pool, publicKey: pool.recoveryPublicKey, recoveryPublicKey: pool.publicKey }),
      poolStatement('server', { ...pool, recoveryEnvelope: Buffer.from('another') }),
      verifyKeysStatement('server', [keys.boxKey]),
      verifyKeysStatement('server', [keys.boxKey, keys.signKey]),
      verifyKeysStatement('server', [keys.boxKey], [keys.signKey]),
      verifyKeysStatement('server', [keys.signKey], [keys.boxKey]),
      providerStatement('server', provider),
      providerStatement('other', provider),
      providerStatement('server', { ...provider, moduleSha256: 'abx', factoryClassName: '.Y' }),
      providerStatement('server', { ...provider, settings: { ...provider.settings, heapMb: 65 } }),
      providerStatement('server', { ...provider, settings: {} }),
      referenceStatement('server', entry),
      referenceStatement('other', entry),
      ...Object.keys(entry).map((name) => referenceStatement('server', { ...entry, [name]: name === 'version' ? 2 : 'changed' })),
    ].map((bytes) => bytes.toString('hex'));
    expect(new Set(statements).size).toBe(statements.length);
  });

  it('are signed by one of the trusted keys, or by none', () => {
    const [ours, theirs] = [importSigningKey(generateSeed()), importSigningKey(generateSeed())];
    const text = poolStatement('server', pool);
    const signature = signBytes(ours, text);
    expect(isSignedBy(text, signature, [theirs.verifyKey.raw, ours.verifyKey.raw])).toBe(true);
    expect(isSignedBy(text, signature, [theirs.verifyKey.raw])).toBe(false);
    expect(isSignedBy(text, signature, [])).toBe(false);
    expect(isSignedBy(poolStatement('server', { ...pool, epoch: 2 }), signature, [ours.verifyKey.raw])).toBe(false);
    expect(isSignedBy(text, new Uint8Array(0), [ours.verifyKey.raw, new Uint8Array(3)])).toBe(false);
  });

  it('about settings do not depend on the order that a database keeps them in', () => {
    const settings = { jvmOptions: ['-Da=b'], heapMb: 64 };
    expect(providerStatement('s', { ...provider, settings })).toEqual(providerStatement('s', provider));
    expect(providerStatement('s', { ...provider, settings: { a: ['1', '2'] } })).not.toEqual(providerStatement('s', { ...provider, settings: { a: ['2', '1'] } }));
  });

  it('about a set of keys do not depend on its order', () => {
    expect(verifyKeysStatement('s', [keys.boxKey, keys.signKey])).toEqual(
      verifyKeysStatement('s', [keys.signKey, keys.boxKey]),
    );
  });
});
