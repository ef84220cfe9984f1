import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateSeed, importSigningKey, type SigningKey } from '@/lib/crypto/keys';
import { signBytes } from '@/lib/crypto/sign';
import { verifyKeysStatement } from '@/lib/crypto/statement';
import { Identity } from './identity';

const serverId = '3f0c1f52-7c0e-4a55-9d0e-3f2f0a1b2c3d';
const workerId = '8a1b2c3d-0000-4000-8000-000000000001';
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const signer = () => importSigningKey(generateSeed());
const raw = (key: SigningKey) => key.verifyKey.raw;

/** What a server with these signing keys says of them, and of those that it retired. */
function setOf(keys: SigningKey[], retired: SigningKey[] = []) {
  const statement = verifyKeysStatement(serverId, keys.map(raw), retired.map(raw));
  return {
    keys: keys.map((key) => text(raw(key))),
    retired: retired.map((key) => text(raw(key))),
    signatures: keys.map((key) => ({ key: text(raw(key)), signature: text(signBytes(key, statement)) })),
  };
}

let folder: string;
let identity: Identity;
const [old, next, strange] = [signer(), signer(), signer()];
const trusted = () => new Set(Identity.find(folder)?.verifyKeys.map((key) => text(key.raw)));
const keysOf = (...keys: SigningKey[]) => new Set(keys.map((key) => text(raw(key))));

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-identity-'));
  identity = Identity.load(folder, 'worker');
  identity.join('http://localhost:1', { serverId, workerId, verifyKeys: setOf([old]) });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a new signing key is taken when one that is trusted vouches for it, and no other', () => {
  expect(identity.updateVerifyKeys(setOf([strange]))).toBe(false);
  expect(identity.updateVerifyKeys(setOf([next, old]))).toBe(true);
  expect(trusted()).toEqual(keysOf(next, old));
});

test('a server that does not know the new key yet takes it from nobody', () => {
  for (const set of [setOf([next, old]), setOf([old]), setOf([next, old])]) expect(identity.updateVerifyKeys(set)).toBe(true);
  expect(trusted()).toEqual(keysOf(next, old));
  expect(identity.updateVerifyKeys(setOf([next], [old]))).toBe(true);
  expect(trusted()).toEqual(keysOf(next));
});

test('a signing key that the server retired is never trusted again, whoever vouches for it', () => {
  const between = setOf([next, old]);
  for (const set of [between, setOf([next], [old])]) expect(identity.updateVerifyKeys(set)).toBe(true);
  for (const known of [identity, Identity.find(folder)]) {
    // A server that has not been started since still says so, and changes nothing.
    expect(known?.updateVerifyKeys(between)).toBe(true);
    expect(known?.updateVerifyKeys(setOf([old]))).toBe(false);
    expect(known?.updateVerifyKeys(setOf([old, strange]))).toBe(false);
    expect(trusted()).toEqual(keysOf(next));
    expect(known?.updateVerifyKeys(setOf([old, next]))).toBe(true);
    expect(trusted()).toEqual(keysOf(next));
  }
  identity.join('http://localhost:1', { serverId, workerId, verifyKeys: between });
  expect(trusted()).toEqual(keysOf(next));
  expect(() => identity.join('http://localhost:1', { serverId, workerId, verifyKeys: setOf([old]) })).toThrow('another installation');
});

test('what is retired is signed too, and nothing ends with no key at all', () => {
  const forged = { ...setOf([next, old]), retired: setOf([old]).keys };
  expect(identity.updateVerifyKeys(forged)).toBe(false);
  expect(identity.updateVerifyKeys(setOf([old], [old]))).toBe(false);
  expect(trusted()).toEqual(keysOf(old));
});

test('the address of the server changes without the keys', () => {
  identity.updateVerifyKeys(setOf([next, old]));
  identity.updateVerifyKeys(setOf([next], [old]));
  identity.moveTo('http://localhost:2');
  expect(Identity.find(folder)?.joined).toMatchObject({ server: 'http://localhost:2', verifyKeys: [Buffer.from(raw(next))], retired: [Buffer.from(raw(old))] });
});
