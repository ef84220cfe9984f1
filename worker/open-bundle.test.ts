import { describe, expect, test } from 'vitest';
import { sealValue } from '@/lib/crypto/envelope';
import { createKeyring, currentSigner, keyringVerifyKeys } from '@/lib/crypto/keyring';
import { generateSeed, importBoxPrivateKey, importBoxPublicKey } from '@/lib/crypto/keys';
import type { Bundle, SealedSecret } from '@/lib/schemas/delivery';
import { BundleRefused, openBundle, type Opener } from './open-bundle';

const keyring = createKeyring();
const pool = importBoxPrivateKey(generateSeed());
const algorithm = { id: '01a20fed-0000-7000-8000-000000000001', owner: 'alice', name: 'A' };
const opener: Opener = { serverId: '', poolKey: (epoch) => (epoch === 1 ? pool : undefined), verifyKeys: keyringVerifyKeys(keyring), seen: () => ({ version: 0, epoch: 0, mark: '' }), mark: (_id, _version, value) => Buffer.from(value).toString('hex') };

function sealed(key: string, value: string | Uint8Array, version = 1, sealedKey = key): SealedSecret {
  const id = `01a20fed-0000-7000-8000-${Buffer.from(key).toString('hex').padStart(12, '0').slice(-12)}`;
  const context = { algorithmId: algorithm.id, secretId: id, secretKey: sealedKey, version, poolEpoch: 1 };
  const envelope = sealValue({ poolPublicKey: importBoxPublicKey(pool.publicRaw), signingKey: currentSigner(keyring), context, value: Buffer.from(value) });
  return { id, key, version, versionId: id, poolEpoch: 1, envelope: envelope.toString('base64'), modified: '2026-01-01T00:00:00Z' };
}

const bundle = (...secrets: SealedSecret[]): Bundle => ({ algorithm, tag: `${secrets.length}:${'0'.repeat(64)}`, secrets });

function refusal(secrets: SealedSecret[], change: Partial<Opener> = {}): BundleRefused {
  try {
    openBundle(bundle(...secrets), { ...opener, ...change });
  } catch (error) {
    if (error instanceof BundleRefused) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('opening a bundle', () => {
  test('gives each variable its value, byte for byte', () => {
    expect({ ...openBundle(bundle(sealed('A', 'one\n'), sealed('a', '\ufeffünï🔑')), opener).env }).toEqual({ A: 'one\n', a: '\ufeffünï🔑' });
  });

  test('a variable named like something that every object has is a variable', () => {
    const { env } = openBundle(bundle(sealed('__proto__', 'p'), sealed('constructor', 'c')), opener);
    expect(Object.entries(env)).toEqual([['__proto__', 'p'], ['constructor', 'c']]);
    expect(JSON.stringify(env)).toContain('"__proto__":"p"');
  });

  test('a version that was sealed again for a newer epoch is the same version', () => {
    const mark = Buffer.from('x').toString('hex');
    const { env, seen } = openBundle(bundle(sealed('A', 'x', 2)), { ...opener, seen: () => ({ version: 2, epoch: 0, mark }) });
    expect({ ...env }).toEqual({ A: 'x' });
    expect([...seen.values()]).toEqual([{ version: 2, epoch: 1, mark }]);
  });

  test.each([
    ['a version below one seen before', [sealed('A', 'x', 1)], { seen: () => ({ version: 2, epoch: 1, mark: '' }) }, 'rolled_back'],
    ['a version as it was sealed for an older epoch than one seen before', [sealed('A', 'x', 2)], { seen: () => ({ version: 2, epoch: 2, mark: '' }) }, 'rolled_back'],
    ['another value than was seen under its version', [sealed('A', 'x', 2)], { seen: () => ({ version: 2, epoch: 1, mark: 'y' }) }, 'replaced'],
    ['a missing value', [{ ...sealed('A', 'x'), envelope: null }], {}, 'value_missing'],
    ['an epoch whose key is not there', [sealed('A', 'x')], { poolKey: () => undefined }, 'unknown_epoch'],
    ['a name that no variable may have', [sealed('A', 'x'), { ...sealed('B', 'x'), key: 'B=C' }], {}, 'bad_key'],
    ['one name twice', [sealed('A', 'x'), sealed('A', 'y')], {}, 'duplicate_key'],
    ['a value sealed for another name', [sealed('A', 'x', 1, 'B')], {}, 'does_not_open'],
    ['another version than was sealed', [{ ...sealed('A', 'x', 1), version: 2 }], {}, 'does_not_open'],
    ['a value that is not UTF-8', [sealed('A', Buffer.from([0xff, 0xfe]))], {}, 'bad_value'],
    ['a value with a NUL', [sealed('A', 'x\0y')], {}, 'bad_value'],
    ['a signer that is not known', [sealed('A', 'x')], { verifyKeys: keyringVerifyKeys(createKeyring()) }, 'does_not_open'],
    ['an envelope that is none', [{ ...sealed('A', 'x'), envelope: 'AAAA' }], {}, 'does_not_open'],
  ] as const)('%s stops the whole bundle', (_what, secrets, change, reason) => {
    const refused = refusal([...secrets], change);
    expect(refused.reason).toBe(reason);
    expect(refused.message).not.toContain('x\0y');
  });
});
