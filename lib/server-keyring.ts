import type { Keyring } from '@/lib/crypto/keyring';
import { env } from '@/lib/env';
import { readKeyringFile } from '@/lib/keyring-file';

let cached: Keyring | undefined;

/** This server's keyring, read once. Made at the first start, by whoever starts the server; a request never makes one. */
export function serverKeyring(): Keyring {
  cached ??= readKeyringFile(env().keyringFile);
  if (!cached) throw new Error(`There is no keyring at ${env().keyringFile}. Start the server with "npm start", or put the keyring of this database there.`);
  return cached;
}
