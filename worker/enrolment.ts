import { EnvelopeError } from '@/lib/crypto/errors';
import { signBytes } from '@/lib/crypto/sign';
import { approvalStatement, isSignedBy, joinStatement, poolStatement } from '@/lib/crypto/statement';
import { emptyAnswer, joinAnswer, poolAnswer, selfAnswer, type PendingGrant, type PoolEpochRecord, type SelfAnswer } from '@/lib/schemas/delivery';
import { Refusal, type DeliveryClient } from './delivery-client';
import { FolderError } from './files';
import type { Identity } from './identity';
import type { AgentState } from './local-protocol';
import type { EpochKeys, PoolKeys } from './pool-keys';
import { readRecoveryKey } from './recovery-key';
import { importBoxPrivateKey } from '@/lib/crypto/keys';
import { software } from './version';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');

export interface Standing {
  state: AgentState;
  message: string;
}

function epochKeys(pool: PoolEpochRecord): EpochKeys {
  return { epoch: pool.epoch, publicKey: bytes(pool.publicKey), recoveryPublicKey: bytes(pool.recoveryPublicKey), recoveryEnvelope: bytes(pool.recoveryEnvelope) };
}

/** How a worker gets, keeps and hands on the pool's key. Everything that comes from the database is checked against the pinned server. */
export class Enrolment {
  readonly #identity: Identity;
  readonly #pool: PoolKeys;
  readonly #client: DeliveryClient;
  /** Epochs and their public keys as the server signed them, from the last look. */
  #pools: PoolEpochRecord[] = [];

  constructor(identity: Identity, pool: PoolKeys, client: DeliveryClient) {
    this.#identity = identity;
    this.#pool = pool;
    this.#client = client;
  }

  async join(server: string, token: string): Promise<void> {
    const { boxKey, signKey, name } = this.#identity;
    const keys = { boxKey: boxKey.publicRaw, signKey: signKey.verifyKey.raw };
    this.#client.moveTo(server);
    const answer = await this.#client.plain('join', joinAnswer, {
      token,
      name,
      boxKey: text(keys.boxKey),
      signKey: text(keys.signKey),
      proof: text(signBytes(signKey, joinStatement(token, keys))),
      software,
    });
    this.#identity.join(server, answer);
  }

  #isFromServer(pool: PoolEpochRecord): boolean {
    const { joined } = this.#identity;
    return joined !== undefined && isSignedBy(poolStatement(joined.serverId, epochKeys(pool)), bytes(pool.signature), joined.verifyKeys);
  }

  /** Looks at how this worker stands, takes keys handed to it, makes the pool when there is none, hands keys on. */
  async refresh(): Promise<Standing> {
    let self = await this.#client.ask('self', selfAnswer, { method: 'GET' });
    const joined = this.#identity.joined;
    if (!joined || self.serverId !== joined.serverId) return { state: 'refused', message: 'Another installation answers at the address of the delivery plane.' };
    if (!this.#identity.updateVerifyKeys(self.verifyKeys)) {
      return { state: 'refused', message: 'The server has new signing keys that none of its known keys vouches for. If its keyring was replaced on purpose, let this worker join anew: move identity.json away.' };
    }
    if (self.state !== 'approved') {
      return { state: 'pending', message: `This worker waits for an administrator, who compares its fingerprint (${this.#identity.fingerprint}) and approves it.` };
    }
    if (self.pools.length === 0) self = await this.#createPool(joined.serverId, self);
    this.#pools = self.pools;
    const fault = this.#takeKeys(joined.serverId, self);
    if (fault) return fault;
    await this.#handOn(joined.serverId, self.pendingGrants);
    if (self.currentEpoch !== null && !this.#pool.get(self.currentEpoch)) {
      return { state: 'waiting', message: 'This worker has no key of the pool yet, so it opens nothing. Another worker that has it hands it on while both run; without one, run "secret-store agent recover" and give it the recovery key.' };
    }
    await this.#grantSelf(joined.serverId, joined.workerId, self);
    return { state: 'ready', message: 'Algorithms can be started.' };
  }

  async #createPool(serverId: string, self: SelfAnswer): Promise<SelfAnswer> {
    const keys = this.#pool.create(serverId, 1);
    const selfEnvelope = this.#pool.grant(serverId, 1, self.workerId, this.#identity.boxKey.publicRaw);
    try {
      await this.#client.ask('pool', poolAnswer, {
        body: {
          publicKey: text(keys.publicKey),
          recoveryPublicKey: text(keys.recoveryPublicKey),
          recoveryEnvelope: text(keys.recoveryEnvelope),
          selfEnvelope: text(selfEnvelope ?? new Uint8Array()),
        },
      });
    } catch (error) {
      // Another worker was faster; what it made is seen below, and this one's key stays unused.
      if (!(error instanceof Refusal && error.status === 409)) throw error;
    }
    return this.#client.ask('self', selfAnswer, { method: 'GET' });
  }

  #takeKeys(serverId: string, self: SelfAnswer): Standing | undefined {
    for (const pool of self.pools) {
      if (!this.#isFromServer(pool)) return { state: 'refused', message: `The server has not signed the public key of pool epoch ${pool.epoch}: somebody wrote to the database.` };
      const own = this.#pool.get(pool.epoch);
      if (own && !Buffer.from(own.publicRaw).equals(bytes(pool.publicKey))) {
        return { state: 'refused', message: `The key of pool epoch ${pool.epoch} in pool.json is not that of this installation. Move pool.json away, and another worker or the recovery key lets this one in again.` };
      }
      const grant = self.grants.find(({ epoch }) => epoch === pool.epoch);
      if (own || !grant) continue;
      try {
        this.#pool.accept(serverId, epochKeys(pool), bytes(grant.envelope), this.#identity.boxKey, self.workerId);
      } catch (error) {
        if (!(error instanceof EnvelopeError || error instanceof FolderError)) throw error;
        return { state: 'waiting', message: `The key of pool epoch ${pool.epoch} that was handed to this worker does not open (${error.message}). Run "secret-store agent recover" and give it the recovery key.` };
      }
    }
    return undefined;
  }

  async #handOn(serverId: string, pending: PendingGrant[]): Promise<void> {
    const verifyKeys = this.#identity.joined?.verifyKeys ?? [];
    for (const worker of pending) {
      const keys = { boxKey: bytes(worker.boxKey), signKey: bytes(worker.signKey) };
      // Approved by an administrator through the server, not by a row in the database.
      if (!isSignedBy(approvalStatement(serverId, worker.workerId, keys), bytes(worker.approval), verifyKeys)) continue;
      for (const epoch of worker.epochs) {
        const envelope = this.#pool.grant(serverId, epoch, worker.workerId, keys.boxKey);
        if (envelope) await this.#client.ask('grants', emptyAnswer, { body: { workerId: worker.workerId, epoch, envelope: text(envelope) } });
      }
    }
  }

  /** A key that came by the recovery key is noted as granted too, so that this worker may hand it on. */
  async #grantSelf(serverId: string, workerId: string, self: SelfAnswer): Promise<void> {
    for (const epoch of this.#pool.epochs) {
      if (self.grants.some((grant) => grant.epoch === epoch) || !self.pools.some((pool) => pool.epoch === epoch)) continue;
      const envelope = this.#pool.grant(serverId, epoch, workerId, this.#identity.boxKey.publicRaw);
      if (envelope) await this.#client.ask('grants', emptyAnswer, { body: { workerId, epoch, envelope: text(envelope) } });
    }
  }

  /** Opens the pool's keys with the recovery key. Returns what happened, for the operator. Throws FolderError. */
  recover(typed: string): string {
    const seed = readRecoveryKey(typed);
    const serverId = this.#identity.joined?.serverId;
    if (!seed) throw new FolderError('This is no recovery key, or it was mistyped: it has nine groups of eight characters.');
    if (!serverId) throw new FolderError('This worker has not joined an installation yet.');
    if (this.#pools.length === 0) throw new FolderError('The server has not said which pool this is yet. Try again when the agent is connected and the worker approved.');
    const missing = this.#pools.filter(({ epoch }) => !this.#pool.get(epoch));
    if (missing.length === 0) return 'This worker has the keys of the pool already.';
    const recoveryKey = importBoxPrivateKey(seed);
    let opened = 0;
    for (const pool of missing) {
      if (!Buffer.from(recoveryKey.publicRaw).equals(bytes(pool.recoveryPublicKey))) continue;
      this.#pool.accept(serverId, epochKeys(pool), bytes(pool.recoveryEnvelope), recoveryKey, 'recovery');
      opened++;
    }
    if (opened === 0) throw new FolderError('This recovery key is not that of this pool.');
    return `This worker has the keys of the pool now.`;
  }
}
