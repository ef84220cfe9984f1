import { describe, expect, test } from 'vitest';
import { KeyringError, createKeyring, currentSigner, keyringVerifyKeys, parseKeyring, serializeKeyring } from '@/lib/crypto/keyring';
import { hasPrepared, holdsKeys, newestKeys, prepareKeys, retireOthers, switchToPrepared } from '@/lib/crypto/keyring-rotation';
import { openRecord, sealRecord } from '@/lib/crypto/record';

const first = createKeyring();
const prepared = prepareKeys(first);
const switched = switchToPrepared(prepared);
const retired = retireOthers(switched);
const signer = (keyring: typeof first) => currentSigner(keyring).verifyKey.id;

describe('keys are replaced in steps:', () => {
  test('prepared ones open and are trusted, and nothing uses them', () => {
    expect([hasPrepared(first), hasPrepared(prepared)]).toEqual([false, true]);
    expect([prepared.primary, signer(prepared)]).toEqual([first.primary, signer(first)]);
    expect(newestKeys(prepared)).not.toEqual(newestKeys(first));
    expect(keyringVerifyKeys(prepared).map(({ id }) => id)).toContain(newestKeys(prepared).signer);
    expect(openRecord(prepared, 'a', sealRecord(switched, 'a', Buffer.from('x'))).toString()).toBe('x');
  });

  test('then they are used, what the old ones did still holds, and sessions end', () => {
    expect({ primary: switched.primary, signer: signer(switched) }).toEqual(newestKeys(prepared));
    expect(openRecord(switched, 'a', sealRecord(first, 'a', Buffer.from('x'))).toString()).toBe('x');
    expect(keyringVerifyKeys(switched)).toHaveLength(2);
    expect(Buffer.from(switched.sessionSecret)).not.toEqual(Buffer.from(first.sessionSecret));
  });

  test('at last the old ones are gone', () => {
    expect(() => openRecord(retired, 'a', sealRecord(first, 'a', Buffer.from('x')))).toThrow(/does not hold/);
    expect(keyringVerifyKeys(retired).map(({ id }) => id)).toEqual([newestKeys(prepared).signer]);
    expect([retired.id, retired.apiKeyHmac]).toEqual([first.id, first.apiKeyHmac]);
    expect(retired.retired).toEqual([currentSigner(first).verifyKey.raw]);
  });

  test('no step is taken twice, or before the one before it', () => {
    expect(() => prepareKeys(prepared)).toThrow(KeyringError);
    expect(() => switchToPrepared(first)).toThrow(KeyringError);
    expect(() => switchToPrepared(switched)).toThrow(KeyringError);
    expect(() => retireOthers(prepared)).toThrow(KeyringError);
  });

  test('a keyring tells whether it is as new as another one', () => {
    expect([first, prepared, retired].map((keyring) => holdsKeys(keyring, newestKeys(switched)))).toEqual([false, true, true]);
  });

  test.each([['prepared', prepared], ['switched', switched], ['retired', retired]])('a %s keyring comes back from its file as it was', (_what, keyring) => {
    expect(serializeKeyring(parseKeyring(serializeKeyring(keyring)))).toBe(serializeKeyring(keyring));
  });
});
