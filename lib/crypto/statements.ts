import { RAW_KEY_BYTES, type SigningKey, type VerifyKey } from '@/lib/crypto/keys'
import { signBytes, verifyBytes } from '@/lib/crypto/sign'

// What the server signs besides values: rows of the database that decide who can read what is stored from now on.

/** Which public key belongs to an epoch of the worker pool. */
export interface PoolEpochKeys {
  readonly number: number
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array
  /** X25519, 32 bytes: the offline recovery key's public half. */
  readonly recoveryPublicKey: Uint8Array
}

function poolEpochBytes({ number, publicKey, recoveryPublicKey }: PoolEpochKeys): Buffer {
  const epoch = Buffer.alloc(4)
  epoch.writeUInt32BE(number)
  return Buffer.concat([Buffer.from('secret-store/pool-epoch/v1\0'), epoch, publicKey, recoveryPublicKey])
}

/**
 * The server's word that an epoch's keys are these. Without it, who can only write to the database could put a public
 * key of their own there and read every value stored from then on.
 */
export function signPoolEpoch(key: SigningKey, epoch: PoolEpochKeys): Buffer {
  return signBytes(key, poolEpochBytes(epoch))
}

/** To be asked before sealing to a pool key that came from the database, and before accepting a grant of it. */
export function isPoolEpochSigned(
  trusted: readonly VerifyKey[],
  epoch: PoolEpochKeys,
  signature: Uint8Array,
): boolean {
  return isSigned(trusted, [epoch.publicKey, epoch.recoveryPublicKey], poolEpochBytes(epoch), signature)
}

/** Which keys belong to a worker. */
export interface WorkerKeys {
  /** UUID. */
  readonly id: string
  /** X25519, 32 bytes. */
  readonly boxKey: Uint8Array
  /** Ed25519, 32 bytes. */
  readonly signKey: Uint8Array
}

function approvalBytes({ id, boxKey, signKey }: WorkerKeys): Buffer {
  return Buffer.concat([Buffer.from(`secret-store/worker-approval/v1\0${id}\0`), boxKey, signKey])
}

/** The server's word that an admin approved this worker with these keys. */
export function signWorkerApproval(key: SigningKey, worker: WorkerKeys): Buffer {
  return signBytes(key, approvalBytes(worker))
}

/** To be asked by a worker before it hands the pool's private key on to another. */
export function isWorkerApprovalSigned(
  trusted: readonly VerifyKey[],
  worker: WorkerKeys,
  signature: Uint8Array,
): boolean {
  return isSigned(trusted, [worker.boxKey, worker.signKey], approvalBytes(worker), signature)
}

// The parts have fixed lengths, so that no two statements have the same bytes.
function isSigned(
  trusted: readonly VerifyKey[],
  keys: readonly Uint8Array[],
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (keys.some((key) => key.byteLength !== RAW_KEY_BYTES)) return false
  return trusted.some((key) => verifyBytes(key, bytes, signature))
}
