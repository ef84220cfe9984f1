import { importBoxPublicKey, type BoxPublicKey } from '@/lib/crypto/keys';
import { keyringVerifyKeys } from '@/lib/crypto/keyring';
import { isSignedBy, poolStatement } from '@/lib/crypto/statement';
import { log } from '@/lib/log';
import { serverKeyring } from '@/lib/server-keyring';
import { newestPoolEpoch } from '@/lib/workers/pool-store';

/** The public half of the worker pool's key: what values are sealed to. */
export interface PoolKey {
  epoch: number;
  publicKey: BoxPublicKey;
}

const freshMs = 1_000;
let kept: { until: number; pool: Promise<PoolKey | undefined> } | undefined;

async function load(): Promise<PoolKey | undefined> {
  const row = await newestPoolEpoch();
  if (!row) return undefined;
  const keyring = serverKeyring();
  const statement = poolStatement(keyring.id, { epoch: row.number, publicKey: row.publicKey, recoveryPublicKey: row.recoveryPublicKey, recoveryEnvelope: row.recoveryEnvelope });
  // A key planted by someone who can write to the database only would make every new value theirs.
  if (!isSignedBy(statement, row.signature, keyringVerifyKeys(keyring).map((key) => key.raw))) {
    log.error({ epoch: row.number }, 'the pool key in the database is not signed by this keyring');
    throw new Error(`The pool key of epoch ${row.number} is not signed by this server's keyring: nothing is sealed to it.`);
  }
  return { epoch: row.number, publicKey: importBoxPublicKey(row.publicKey) };
}

/** The pool's newest key, at most a second old; undefined while no worker has joined. Throws when it was planted. */
export function currentPool(): Promise<PoolKey | undefined> {
  const now = performance.now();
  if (kept && kept.until > now) return kept.pool;
  const pool = load();
  const entry = { until: now + freshMs, pool };
  kept = entry;
  // "None yet" and failures are asked again at once.
  pool.then((found) => { if (!found && kept === entry) kept = undefined; }, () => { if (kept === entry) kept = undefined; });
  return pool;
}
