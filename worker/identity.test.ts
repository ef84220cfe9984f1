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

/** What a server with these signing keys says of them. */
function setOf(...keys: SigningKey[]) {
  const statement = verifyKeysStatement(serverId, keys.map(({ verifyKey }) => verifyKey.raw));
  return { keys: keys.map(({ verifyKey }) => text(verifyKey.raw)), signatures: keys.map((each) => ({ key: text(each.verifyKey.raw), signature: text(signBytes(each, statement)) })) };
}

let folder: string;
let identity: Identity;
const [old, next, strange] = [signer(), signer(), signer()];
const trusted = () => Identity.find(folder)?.verifyKeys.map(({ raw }) => text(raw));
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-identity-'));
  identity = Identity.load(folder, 'worker');
  identity.join('http://localhost:1', { serverId, workerId, verifyKeys: setOf(old) });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a new signing key is taken when one that is trusted vouches for it, and no other', () => {
  expect(identity.updateVerifyKeys(setOf(strange))).toBe(false);
  expect(identity.updateVerifyKeys(setOf(next, old))).toBe(true);
  expect(trusted()).toEqual(setOf(next, old).keys);
});

test('a signing key that the server retired is never trusted again, whoever vouches for it', () => {
  const between = setOf(next, old);
  for (const set of [between, setOf(next)]) expect(identity.updateVerifyKeys(set)).toBe(true);
  const again = Identity.find(folder);
  for (const known of [identity, again]) {
    expect(known?.updateVerifyKeys(between)).toBe(false);
    expect(known?.updateVerifyKeys(setOf(old, next))).toBe(false);
    expect(known?.updateVerifyKeys(setOf(strange, next))).toBe(true);
    expect(known?.updateVerifyKeys(between)).toBe(false);
    expect(known?.updateVerifyKeys(setOf(next, strange))).toBe(true);
  }
  expect(() => identity.join('http://localhost:1', { serverId, workerId, verifyKeys: between })).toThrow('another installation');
});

test('the address of the server changes without the keys', () => {
  identity.updateVerifyKeys(setOf(next, old));
  identity.updateVerifyKeys(setOf(next));
  identity.moveTo('http://localhost:2');
  expect(Identity.find(folder)?.joined).toMatchObject({ server: 'http://localhost:2', verifyKeys: [Buffer.from(next.verifyKey.raw)], retired: [Buffer.from(old.verifyKey.raw)] });
});
