import { signBytes } from '@/lib/crypto/sign';
import { approvalStatement, isSignedBy, poolMadeStatement } from '@/lib/crypto/statement';
import { poolEpoch, type ApprovedWorker, type PoolEpochRecord, type SelfAnswer } from '@/lib/schemas/delivery';
import type { NextPoolRequest } from '@/lib/schemas/pool';
import type { Confirmations } from './confirmations';
import { Refusal, type DeliveryClient } from './delivery-client';
import type { Identity, Joined } from './identity';
import type { PoolKeys } from './pool-keys';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');

/** Whether the server signed that an administrator approved this worker; that the database says so is not enough. */
export function isApprovedByServer(joined: Joined, worker: ApprovedWorker): boolean {
  const keys = { boxKey: bytes(worker.boxKey), signKey: bytes(worker.signKey) };
  return isSignedBy(approvalStatement(joined.serverId, worker.workerId, keys), bytes(worker.approval), joined.verifyKeys);
}

export interface RotationParts {
  identity: Identity;
  pool: PoolKeys;
  client: DeliveryClient;
  confirmations: Confirmations;
}

/**
 * Makes the pool's next key when it is wanted and this worker has the newest one: sealed to itself, to every other approved
 * worker and to the recovery key of the epoch before, taken by the server all at once or not at all. Of several workers that
 * try at once one succeeds; the others see its epoch when they look again. `newest`: the epoch before, whose signatures were
 * checked, so that its recovery key is the right one. True when it is worth looking again.
 */
export async function makeNextEpoch({ identity, pool, client, confirmations }: RotationParts, joined: Joined, self: SelfAnswer, newest: PoolEpochRecord): Promise<boolean> {
  const { rotation } = self;
  if (!rotation) return false;
  const next = pool.next(joined.serverId, rotation.after, bytes(newest.recoveryPublicKey));
  if (!next) return false;
  const { keys } = next;
  const approved = rotation.workers.filter((worker) => isApprovedByServer(joined, worker));
  const receivers = approved.filter((worker) => confirmations.allows({ boxKey: bytes(worker.boxKey), signKey: bytes(worker.signKey) }));
  const body: NextPoolRequest = {
    after: rotation.after,
    publicKey: text(keys.publicKey),
    recoveryEnvelope: text(keys.recoveryEnvelope),
    makerSignature: text(signBytes(identity.signKey, poolMadeStatement(joined.serverId, keys))),
    grants: [
      { workerId: self.workerId, envelope: text(next.sealFor(self.workerId, identity.boxKey.publicRaw)) },
      ...receivers.map(({ workerId, boxKey }) => ({ workerId, envelope: text(next.sealFor(workerId, bytes(boxKey))) })),
    ],
    partial: receivers.length < approved.length,
  };
  next.forget();
  try {
    await client.ask('pool/next', poolEpoch, { body });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Another worker was faster, or a worker was revoked or approved meanwhile.
    if (error.status === 409) return true;
    process.stderr.write(`agent: the pool's next key was refused: ${error.message}\n`);
    return false;
  }
  process.stderr.write(`agent: made the key of pool epoch ${keys.epoch}\n`);
  return true;
}
