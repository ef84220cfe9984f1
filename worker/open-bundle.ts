import { openValue } from '@/lib/crypto/envelope';
import { EnvelopeError } from '@/lib/crypto/errors';
import type { BoxPrivateKey, VerifyKey } from '@/lib/crypto/keys';
import { isSignedBy, referenceStatement } from '@/lib/crypto/statement';
import type { Bundle, RefusalCause, SealedSecret, SecretEntry } from '@/lib/schemas/delivery';
import { isOlder, type Seen } from './versions';

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
  serverId: string;
  poolKey(epoch: number): BoxPrivateKey | undefined;
  verifyKeys: readonly VerifyKey[];
  /** What this worker has seen of a secret last. */
  seen(secretId: string): Seen;
  mark(secretId: string, version: number, value: Uint8Array): string;
}

export interface OpenedBundle {
  env: Record<string, string>;
  /** By secret id, what the bundle shows of each. */
  seen: Map<string, Seen>;
}

const refusalOf = (secret: SealedSecret) => (reason: RefusalCause, message: string, mayBeOutdated = false) => new BundleRefused(secret.key, reason, message, mayBeOutdated);

/** Checks that the value of a secret is where the bundle says, as the server signed it. The value itself its plugin gives. */
function checkEntry(algorithmId: string, secret: SealedSecret, entry: SecretEntry, opener: Opener): Seen {
  const refuse = refusalOf(secret);
  if (entry.reference === null) throw refuse('value_missing', 'the server\'s signature over where its value is is missing');
  const last = opener.seen(secret.id);
  if (secret.version < last.version) throw refuse('rolled_back', `version ${secret.version} was put in the place of version ${last.version}, which this worker has seen already`, true);
  const { providerId, providerKey } = entry;
  const statement = referenceStatement(opener.serverId, { algorithmId, secretId: secret.id, secretKey: secret.key, version: secret.version, providerId, providerKey });
  if (!isSignedBy(statement, Buffer.from(entry.reference, 'base64'), opener.verifyKeys.map(({ raw }) => raw))) {
    throw refuse('bad_reference', 'where its value is was not signed by the server: it was altered, moved or planted', true);
  }
  const mark = opener.mark(secret.id, secret.version, Buffer.from(JSON.stringify([providerId, providerKey])));
  if (last.version === secret.version && last.mark !== '' && last.mark !== mark) throw refuse('replaced', `its value is elsewhere than this worker has seen for version ${secret.version}, and a version never moves`);
  return { version: secret.version, epoch: last.epoch, mark };
}

const keyForm = /^[A-Za-z_][A-Za-z0-9_]*$/;
// A value may begin with a byte order mark; it is kept like any other character.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function openSecret(algorithmId: string, secret: SealedSecret, opener: Opener): { text: string; seen: Seen } {
  const refuse = refusalOf(secret);
  if (secret.envelope === null || secret.poolEpoch === null) throw refuse('value_missing', 'its stored value is missing');
  const last = opener.seen(secret.id);
  if (isOlder(last, { version: secret.version, epoch: secret.poolEpoch })) {
    const [now, before] = secret.version < last.version ? [`version ${secret.version}`, `version ${last.version}`] : [`its seal for pool epoch ${secret.poolEpoch}`, `that for epoch ${last.epoch}`];
    throw refuse('rolled_back', `${now} was put in the place of ${before}, which this worker has seen already`, true);
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
    const mark = opener.mark(secret.id, secret.version, value);
    // Sealed again by a worker for a newer epoch: the server signs that without seeing it.
    if (last.version === secret.version && last.mark !== '' && last.mark !== mark) {
      throw refuse('replaced', `its value is another one than this worker has seen for version ${secret.version}, and a version never changes its value`);
    }
    return { text, seen: { version: secret.version, epoch: secret.poolEpoch, mark } };
  } catch (error) {
    if (error instanceof BundleRefused) throw error;
    throw refuse('bad_value', 'its value is not UTF-8');
  } finally {
    value.fill(0);
  }
}

/** The environment variables of a bundle, but for those whose values plugins give. All or nothing: throws BundleRefused for the first secret that is not right. */
export function openBundle(bundle: Bundle, opener: Opener): OpenedBundle {
  const env: Record<string, string> = Object.create(null) as Record<string, string>;
  const seen = new Map<string, Seen>();
  for (const secret of bundle.secrets) {
    if (!keyForm.test(secret.key)) throw new BundleRefused(JSON.stringify(secret.key), 'bad_key', 'it is no name that an environment variable may have');
    if (secret.key in env) throw new BundleRefused(secret.key, 'duplicate_key', 'it is there twice');
    if (secret.entry && secret.envelope === null) {
      // A place of its own, so that the order is the bundle's.
      env[secret.key] = '';
      seen.set(secret.id, checkEntry(bundle.algorithm.id, secret, secret.entry, opener));
      continue;
    }
    const opened = openSecret(bundle.algorithm.id, secret, opener);
    env[secret.key] = opened.text;
    seen.set(secret.id, opened.seen);
  }
  return { env, seen };
}
