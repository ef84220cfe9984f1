import { openValue } from '@/lib/crypto/envelope';
import { EnvelopeError } from '@/lib/crypto/errors';
import type { BoxPrivateKey, VerifyKey } from '@/lib/crypto/keys';
import type { Bundle, RefusalCause, SealedSecret } from '@/lib/schemas/delivery';

/** A bundle that is not used: one value in it is not what it should be, so nothing is started. Names the variable, never a value. */
export class BundleRefused extends Error {
  override readonly name = 'BundleRefused';

  constructor(
    readonly variable: string,
    readonly reason: RefusalCause,
    message: string,
    /** Whether a fresh look at the server's and the pool's keys, or at the bundle, may put it right. */
    readonly mayBeOutdated = false,
  ) {
    super(message);
  }
}

export interface Opener {
  poolKey(epoch: number): BoxPrivateKey | undefined;
  verifyKeys: readonly VerifyKey[];
  /** The highest version of a secret that this worker has seen; 0 when none. */
  highest(secretId: string): number;
}

const keyForm = /^[A-Za-z_][A-Za-z0-9_]*$/;
// A value may begin with a byte order mark; it is kept like any other character.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function openSecret(algorithmId: string, secret: SealedSecret, opener: Opener): string {
  const refuse = (reason: RefusalCause, message: string, mayBeOutdated = false) => new BundleRefused(secret.key, reason, message, mayBeOutdated);
  if (secret.envelope === null || secret.poolEpoch === null) throw refuse('value_missing', 'its stored value is missing');
  const highest = opener.highest(secret.id);
  if (secret.version < highest) {
    throw refuse('rolled_back', `version ${secret.version} was put in the place of version ${highest}, which this worker has seen already`, true);
  }
  const poolPrivateKey = opener.poolKey(secret.poolEpoch);
  if (!poolPrivateKey) throw refuse('unknown_epoch', `it is sealed for pool epoch ${secret.poolEpoch}, whose key this worker does not have`, true);
  let value: Buffer;
  try {
    value = openValue({
      poolPrivateKey,
      verifyKeys: opener.verifyKeys,
      context: { algorithmId, secretId: secret.id, secretKey: secret.key, version: secret.version, poolEpoch: secret.poolEpoch },
      envelope: Buffer.from(secret.envelope, 'base64'),
    });
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw refuse('does_not_open', error.message, error.reason === 'signer');
  }
  try {
    const text = utf8.decode(value);
    if (text.includes('\0')) throw refuse('bad_value', 'its value has a NUL, which no environment variable can hold');
    return text;
  } catch (error) {
    if (error instanceof BundleRefused) throw error;
    throw refuse('bad_value', 'its value is not UTF-8');
  } finally {
    value.fill(0);
  }
}

/** The environment variables of a bundle. All or nothing: throws BundleRefused for the first secret that is not right. */
export function openBundle(bundle: Bundle, opener: Opener): Record<string, string> {
  const env: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const secret of bundle.secrets) {
    if (!keyForm.test(secret.key)) throw new BundleRefused(JSON.stringify(secret.key), 'bad_key', 'it is no name that an environment variable may have');
    if (secret.key in env) throw new BundleRefused(secret.key, 'duplicate_key', 'it is there twice');
    env[secret.key] = openSecret(bundle.algorithm.id, secret, opener);
  }
  return env;
}
