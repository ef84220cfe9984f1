import type { TestApi } from '@/e2e/support/api';
import type { Answer } from '@/e2e/support/http';
import { openValue } from '@/lib/crypto/envelope';
import { keyringVerifyKeys } from '@/lib/crypto/keyring';
import { serverKeyring } from '@/lib/server-keyring';

/** A stored value as a worker opens it: with the pool's private key, for exactly the record that it stands in. */
export async function openStored(api: TestApi, secretId: string): Promise<Buffer> {
  const [row] = await api.query<{ algorithm_id: string; secret_key: string; version: number; pool_epoch: number; envelope: Buffer }>(
    `SELECT s.algorithm_id, s.secret_key, s.version, v.pool_epoch, v.envelope
     FROM secrets s JOIN sealed_values v ON v.version_id = s.current_version_id WHERE s.id = $1`,
    [secretId],
  );
  if (!row) throw new Error('no such secret');
  return openValue({
    poolPrivateKey: api.poolPrivateKey,
    verifyKeys: keyringVerifyKeys(serverKeyring()),
    context: { algorithmId: row.algorithm_id, secretId, secretKey: row.secret_key, version: row.version, poolEpoch: row.pool_epoch },
    envelope: row.envelope,
  });
}

/** Status and code of a refusal, after checking that it has the contract's form. */
export function refusalOf(answer: Answer): [status: number, code: number] {
  const body = answer.json<{ error?: { id?: unknown; code?: unknown; message?: unknown } }>();
  const { error } = body;
  const isFormed = typeof error?.code === 'number' && typeof error.message === 'string' && error.message !== '' && error.id === answer.headers['x-request-id'];
  if (!isFormed) throw new Error(`${answer.status} is not in the contract's form: ${answer.text}`);
  return [answer.status, error.code as number];
}
