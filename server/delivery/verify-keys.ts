import { keyringVerifyKeys, type Keyring } from '@/lib/crypto/keyring';
import { verifyKeysStatement } from '@/lib/crypto/statement';
import { signBytes } from '@/lib/crypto/sign';
import type { VerifyKeySet } from '@/lib/schemas/delivery';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/**
 * The server's public signing keys. A worker pins them when it joins and takes a changed set only when a key that it has
 * pinned signed it: who later controls the network or the database cannot make it trust another signer.
 */
export function verifyKeysOf(keyring: Keyring): VerifyKeySet {
  const keys = keyringVerifyKeys(keyring).map(({ raw }) => raw);
  const statement = verifyKeysStatement(keyring.id, keys, keyring.retired);
  return {
    keys: keys.map(text),
    retired: keyring.retired.map(text),
    signatures: keyring.signing.map(({ signingKey }) => ({ key: text(signingKey.verifyKey.raw), signature: text(signBytes(signingKey, statement)) })),
  };
}

