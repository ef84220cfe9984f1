import { describe, expect, it } from 'vitest';

import {
  KeyringError,
  addPrimaryKey,
  addSigner,
  createKeyring,
  currentSigner,
  keyringVerifyKeys,
  parseKeyring,
  retireKey,
  serializeKeyring,
} from '@/lib/crypto/keyring';

const messageOf = (attempt: () => unknown): string => {
  try {
    attempt();
    return 'nothing was wrong';
  } catch (error) {
    if (error instanceof KeyringError) return error.message;
    throw error;
  }
};

describe('A keyring', () => {
  const keyring = createKeyring();
  const text = serializeKeyring(keyring);

  it('comes back from its file as it was', () => {
    const again = parseKeyring(text);
    expect(serializeKeyring(again)).toBe(text);
    expect(again.id).toBe(keyring.id);
    expect(Buffer.from(again.apiKeyHmac)).toEqual(Buffer.from(keyring.apiKeyHmac));
    expect(currentSigner(again).verifyKey.raw).toEqual(currentSigner(keyring).verifyKey.raw);
  });

  it('is different each time it is made, and no two of its secrets are the same', () => {
    const other = createKeyring();
    const secrets = [keyring, other].flatMap((ring) => [
      ring.apiKeyHmac,
      ring.sessionSecret,
      ...ring.keys.map((key) => key.aesKey),
      ...ring.signing.map((signer) => signer.seed),
    ]);
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(8);
    expect(other.id).not.toBe(keyring.id);
  });

  it('with one letter changed anywhere is refused', () => {
    for (let at = 0; at < text.length; at += 1) {
      const letter = text.charAt(at);
      if (letter.trim() === '') continue;
      const changed = `${text.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      expect(
        messageOf(() => parseKeyring(changed)),
        `letter ${at}`,
      ).not.toBe('nothing was wrong');
    }
  });

  it('cut off anywhere is refused', () => {
    for (let length = 0; length < text.trimEnd().length; length += 1) {
      expect(messageOf(() => parseKeyring(text.slice(0, length)))).not.toBe('nothing was wrong');
    }
  });

  it('that is another file is refused, and the message repeats nothing of it', () => {
    for (const other of ['', 'null', '[]', '{}', '{"canary', '{"format":"canary"}', 'canary', '"canary"']) {
      const message = messageOf(() => parseKeyring(other));
      expect(message).not.toBe('nothing was wrong');
      expect(message).not.toContain('canary');
    }
  });
});

describe('Rotation', () => {
  it('a new primary key leaves the old one in place until it is retired', () => {
    const first = createKeyring();
    const second = addPrimaryKey(first);
    expect(second.primary).not.toBe(first.primary);
    expect(second.keys.map((key) => key.id)).toEqual([second.primary, first.primary]);
    expect(retireKey(second, first.primary).keys.map((key) => key.id)).toEqual([second.primary]);
    expect(parseKeyring(serializeKeyring(second)).keys).toHaveLength(2);
  });

  it('the primary key, and a key that is not there, cannot be retired', () => {
    const keyring = createKeyring();
    expect(messageOf(() => retireKey(keyring, keyring.primary))).toContain('primary');
    expect(messageOf(() => retireKey(keyring, '0000000000000000'))).toContain('no key');
  });

  it('a new signer signs; workers are told of both, the new one first', () => {
    const first = createKeyring();
    const second = addSigner(first);
    expect(currentSigner(second).verifyKey.id).not.toBe(currentSigner(first).verifyKey.id);
    expect(keyringVerifyKeys(second).map((key) => key.id)).toEqual([
      currentSigner(second).verifyKey.id,
      currentSigner(first).verifyKey.id,
    ]);
    expect(serializeKeyring(parseKeyring(serializeKeyring(second)))).toBe(serializeKeyring(second));
  });
});
