import type { SealContext } from '@/lib/crypto/context';
import { sealValue } from '@/lib/crypto/envelope';
import { currentSigner } from '@/lib/crypto/keyring';
import { currentPool } from '@/lib/workers/pool';
import { ApiError } from '@/lib/errors';
import { serverKeyring } from '@/lib/server-keyring';

/** What the contract says of the built-in provider (section 2); never edited, never deleted. */
export const internalProvider = {
  name: 'algorithmia_internal_secret_provider',
  description: 'Internal Secret Provider',
  factoryClassName: 'com.algorithmia.plugin.sqlsecretprovider.InternalSecretProviderFactory',
  interfaceVersion: '1.0',
} as const;

/** A value sealed to the worker pool: this server cannot open it again. */
export interface Sealed {
  poolEpoch: number;
  envelope: Buffer;
}

/** Seals a value for the record that it is going to stand in. Throws SecretProviderFailed while no worker has joined. */
export async function sealForPool(record: Omit<SealContext, 'poolEpoch'>, value: string): Promise<Sealed> {
  const pool = await currentPool();
  if (!pool) {
    throw new ApiError('SecretProviderFailed', 'No worker has joined yet, so there is no key to seal this value with. Start a worker (secret-store agent), then store it again.');
  }
  const bytes = Buffer.from(value, 'utf8');
  try {
    const context: SealContext = { ...record, poolEpoch: pool.epoch };
    return { poolEpoch: pool.epoch, envelope: sealValue({ poolPublicKey: pool.publicKey, signingKey: currentSigner(serverKeyring()), context, value: bytes }) };
  } finally {
    bytes.fill(0);
  }
}
