import { EnvelopeError } from '@/lib/crypto/errors';
import { signBytes } from '@/lib/crypto/sign';
import { isSignedBy, joinStatement, poolMadeStatement, poolStatement } from '@/lib/crypto/statement';
import { emptyAnswer, joinAnswer, poolAnswer, selfAnswer, type PendingGrant, type PoolEpochRecord, type SelfAnswer } from '@/lib/schemas/delivery';
import type { Confirmations } from './confirmations';
import { Refusal, type DeliveryClient } from './delivery-client';
import { FolderError } from './files';
import type { Identity, Joined } from './identity';
import type { AgentState, Unconfirmed } from './local-protocol';
import type { EpochKeys, PoolKeys } from './pool-keys';
import { readRecoveryKey } from './recovery-key';
import type { ResealPlan } from './resealer';
import { isApprovedByServer, makeNextEpoch } from './rotation';
import { fingerprint, importBoxPrivateKey } from '@/lib/crypto/keys';
import { software } from './version';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const bytes = (encoded: string) => Buffer.from(encoded, 'base64url');

/** Tries in one look, when what the server knows changed while the next key was made. */
const mostRotations = 3;

export interface Standing {
  state: AgentState;
  message: string;
}

/** The worker to be granted a key was revoked meanwhile: then it gets none. */
function unlessRevoked(error: unknown): void {
  if (!(error instanceof Refusal && error.status === 400)) throw error;
}

function epochKeys(pool: PoolEpochRecord): EpochKeys {
  return { epoch: pool.epoch, publicKey: bytes(pool.publicKey), recoveryPublicKey: bytes(pool.recoveryPublicKey), recoveryEnvelope: bytes(pool.recoveryEnvelope) };
}

/** How a worker gets, keeps and hands on the pool's key. Everything that comes from the database is checked against the pinned server. */
export class Enrolment {
  readonly #identity: Identity;
  readonly #pool: PoolKeys;
  readonly #client: DeliveryClient;
  readonly #confirmations: Confirmations;
  /** Epochs and their public keys as the server signed them, from the last look. */
  #pools: PoolEpochRecord[] = [];
  #unconfirmed = new Map<string, Unconfirmed>();
  #plan: ResealPlan | undefined;

  constructor(identity: Identity, pool: PoolKeys, client: DeliveryClient, confirmations: Confirmations) {
    this.#identity = identity;
    this.#pool = pool;
    this.#client = client;
    this.#confirmations = confirmations;
  }

  /** What to seal again, as of the last look; undefined when there is nothing that this worker may or can. */
  get plan(): ResealPlan | undefined {
    return this.#plan;
  }

  /** Workers that nobody confirmed on this machine, where that is asked for: as of the last look. */
  get unconfirmed(): Unconfirmed[] {
    return [...this.#unconfirmed.values()];
  }

  #self(): Promise<SelfAnswer> {
    return this.#client.ask('self', selfAnswer, { method: 'GET' });
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

  /** Looks at how this worker stands, takes keys handed to it, makes the pool's first or next key, hands keys on. */
  async refresh(): Promise<Standing> {
    this.#plan = undefined;
    this.#unconfirmed = new Map();
    let self = await this.#self();
    const joined = this.#identity.joined;
    if (!joined || self.serverId !== joined.serverId) return { state: 'refused', message: 'Another installation answers at the address of the delivery plane.' };
    if (!this.#identity.updateVerifyKeys(self.verifyKeys)) {
      return { state: 'refused', message: 'The server has new signing keys that none of its known keys vouches for. If its keyring was replaced on purpose, let this worker join anew: move identity.json away.' };
    }
    if (self.state !== 'approved') {
      return { state: 'pending', message: `This worker waits for an administrator, who compares its fingerprint (${this.#identity.fingerprint}) and approves it.` };
    }
    if (self.pools.length === 0) self = await this.#createPool(joined.serverId, self);
    let fault = this.#takeKeys(joined.serverId, self);
    for (let tries = 0; !fault && tries < mostRotations && (await this.#rotate(joined, self)); tries++) {
      self = await this.#self();
      fault = this.#takeKeys(joined.serverId, self);
    }
    if (fault) return fault;
    await this.#handOn(joined, self.pendingGrants);
    if (self.currentEpoch !== null && !this.#pool.get(self.currentEpoch)) {
      return { state: 'waiting', message: `This worker has no key of pool epoch ${self.currentEpoch} yet, so it does not open what is sealed now. Another worker that has it hands it on while both run; without one, run "secret-store agent recover" and give it the recovery key.` };
    }
    await this.#grantSelf(joined.serverId, joined.workerId, self);
    this.#plan = this.#planOf(joined, self);
    return { state: 'ready', message: 'Algorithms can be started.' };
  }

  async #createPool(serverId: string, self: SelfAnswer): Promise<SelfAnswer> {
    // A database that knows no pool gets the newest one that this worker has: older keys may be those of a revoked worker too.
    const epoch = this.#pool.epochs.at(-1) ?? 1;
    const keys = this.#pool.create(serverId, epoch);
    const selfEnvelope = this.#pool.grant(serverId, epoch, self.workerId, this.#identity.boxKey.publicRaw);
    try {
      await this.#client.ask('pool', poolAnswer, {
        body: {
          epoch,
          publicKey: text(keys.publicKey),
          recoveryPublicKey: text(keys.recoveryPublicKey),
          recoveryEnvelope: text(keys.recoveryEnvelope),
          selfEnvelope: text(selfEnvelope ?? new Uint8Array()),
          makerSignature: text(signBytes(this.#identity.signKey, poolMadeStatement(serverId, keys))),
        },
      });
    } catch (error) {
      // Another worker was faster; what it made is seen below, and this one's key stays unused.
      if (!(error instanceof Refusal && error.status === 409)) throw error;
    }
    return this.#self();
  }

  /** The pool records become known here, each as the server signed it. */
  #takeKeys(serverId: string, self: SelfAnswer): Standing | undefined {
    for (const pool of self.pools) {
      if (!this.#isFromServer(pool)) return { state: 'refused', message: `The server has not signed the public key of pool epoch ${pool.epoch}: somebody wrote to the database.` };
    }
    this.#pools = self.pools;
    for (const pool of self.pools) {
      if (this.#pool.settle(epochKeys(pool))) continue;
      const grant = self.grants.find(({ epoch }) => epoch === pool.epoch);
      if (!grant) continue;
      try {
        this.#pool.accept(serverId, epochKeys(pool), bytes(grant.envelope), this.#identity.boxKey, self.workerId);
      } catch (error) {
        if (!(error instanceof EnvelopeError || error instanceof FolderError)) throw error;
        return { state: 'waiting', message: `The key of pool epoch ${pool.epoch} that was handed to this worker does not open (${error.message}). Run "secret-store agent recover" and give it the recovery key.` };
      }
    }
    return undefined;
  }

  /** Notes a worker that nobody confirmed on this machine; false when it is confirmed, or that is not asked for. */
  #isUnconfirmed(encoded: { boxKey: string; signKey: string }, name: string): boolean {
    const keys = { boxKey: bytes(encoded.boxKey), signKey: bytes(encoded.signKey) };
    const print = fingerprint(keys.boxKey, keys.signKey);
    if (print === this.#identity.fingerprint || this.#confirmations.allows(keys)) return false;
    this.#unconfirmed.set(print, { name, fingerprint: print });
    return true;
  }

  /**
   * Whether an epoch was made by this worker or by one that was confirmed here, where that is asked for: otherwise someone
   * who has the server could have what is stored sealed to a key of their own.
   */
  #isVouchedFor(joined: Joined, pool: PoolEpochRecord): boolean {
    if (!this.#confirmations.required) return true;
    const { maker } = pool;
    if (!maker || !isSignedBy(poolMadeStatement(joined.serverId, epochKeys(pool)), bytes(maker.signature), [bytes(maker.signKey)])) return false;
    return !this.#isUnconfirmed(maker, `the worker that made pool epoch ${pool.epoch}`);
  }

  async #rotate(joined: Joined, self: SelfAnswer): Promise<boolean> {
    const newest = self.pools.find(({ epoch }) => epoch === self.rotation?.after);
    if (!self.rotation || !newest || !this.#isVouchedFor(joined, newest)) return false;
    for (const worker of self.rotation.workers) if (isApprovedByServer(joined, worker)) this.#isUnconfirmed(worker, worker.name);
    return makeNextEpoch({ identity: this.#identity, pool: this.#pool, client: this.#client, confirmations: this.#confirmations }, joined, self, newest);
  }

  #planOf(joined: Joined, self: SelfAnswer): ResealPlan | undefined {
    const newest = self.pools.at(-1);
    const epochs = self.reseal.filter((epoch) => this.#pool.get(epoch));
    if (!newest || epochs.length === 0 || !this.#isVouchedFor(joined, newest)) return undefined;
    return { target: newest.epoch, epochs };
  }

  async #handOn(joined: Joined, pending: PendingGrant[]): Promise<void> {
    for (const worker of pending) {
      // Approved by an administrator through the server, not by a row in the database; and here as well, where that is asked for.
      if (!isApprovedByServer(joined, worker) || this.#isUnconfirmed(worker, worker.name)) continue;
      for (const epoch of worker.epochs) {
        const envelope = this.#pool.grant(joined.serverId, epoch, worker.workerId, bytes(worker.boxKey));
        if (envelope) await this.#client.ask('grants', emptyAnswer, { body: { workerId: worker.workerId, epoch, envelope: text(envelope) } }).catch(unlessRevoked);
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
