import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { serializeKeyring } from '@/lib/crypto/keyring';
import type { AuditActor } from '@/lib/audit/events';
import type { TestCluster } from './cluster';

const actor: AuditActor = { kind: 'system', name: 'operator of a test' };

export interface TestOperator {
  revoke(workerId: string): Promise<unknown>;
  rotate(): Promise<void>;
  pool(): Promise<import('@/lib/workers/rotation').PoolView>;
  /** The value, sealed as the control plane seals it, and for which epoch. */
  seal: typeof import('@/lib/providers/internal').sealForPool;
}

/** What secret-store-admin and the control plane do, by their own code. One cluster a test file: the environment is read once. */
export async function operatorOf(cluster: TestCluster): Promise<TestOperator> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-operator-'));
  const keyring = path.join(folder, 'keyring.json');
  writeFileSync(keyring, serializeKeyring(cluster.keyring), { mode: 0o600 });
  Object.assign(process.env, { SECRET_STORE_DATABASE: JSON.stringify(cluster.database), SECRET_STORE_DATA_DIR: folder, SECRET_STORE_KEYRING: keyring });
  const { revokeWorker } = await import('@/lib/workers/service');
  const { poolView, wantRotation } = await import('@/lib/workers/rotation');
  const { sealForPool } = await import('@/lib/providers/internal');
  return { revoke: (id) => revokeWorker(actor, id), rotate: () => wantRotation(actor), pool: poolView, seal: sealForPool };
}
