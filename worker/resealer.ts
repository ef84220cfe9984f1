import { createHash } from 'node:crypto';
import { setImmediate as turn, setTimeout as rest } from 'node:timers/promises';
import { openValue, sealUnsigned } from '@/lib/crypto/envelope';
import { EnvelopeError } from '@/lib/crypto/errors';
import { importBoxPublicKey, type BoxPublicKey, type VerifyKey } from '@/lib/crypto/keys';
import { resealAnswer, resealLimits, resealStored, type LeftAsItIs, type ResealAnswer, type Resealed, type StoredValue } from '@/lib/schemas/pool';
import { Away, Refusal, type DeliveryClient } from './delivery-client';
import type { PoolKeys } from './pool-keys';

/** What to seal again: values of these epochs, to the key of that one. This worker has the keys of all of them. */
export interface ResealPlan {
  target: number;
  epochs: number[];
}

/** How it goes, for the agent's status. */
export interface ResealProgress {
  target: number;
  active: boolean;
  /** Since the agent started. */
  done: number;
  /** Records that do not open, and stay as they are. */
  left: number;
}

export interface ResealParts {
  client: Pick<DeliveryClient, 'ask'>;
  pool: Pick<PoolKeys, 'get'>;
  verifyKeys(): readonly VerifyKey[];
  unexpected(error: unknown): void;
}

/** Values after which starts get their turn. Between batches it rests as long as the last one took: starts come first. */
const atOnce = 4;
const leastRestMs = 25;
/** After a round that found nothing but what does not open. */
const quietMs = 10 * 60_000;
/** Another worker is at it; it may end before it is done. */
const busyMs = 2_000;

/**
 * Seals stored values of older pool epochs to the newest key, in the background. It remembers nothing that matters: what is
 * still sealed to an older key is what is still to do, so it may end at any line, and two may work on the same values.
 */
export class Resealer {
  readonly #parts: ResealParts;
  /** By version id, the hash of the envelope that did not open: not tried again while it is the same. */
  readonly #left = new Map<string, string>();
  #plan: ResealPlan | undefined;
  #target: number | undefined;
  #working = false;
  #ended = false;
  #done = 0;
  #quiet: { of: string; until: number } | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(parts: ResealParts) {
    this.#parts = parts;
  }

  /** Null before there was anything to do. */
  get progress(): ResealProgress | null {
    return this.#target === undefined ? null : { target: this.#target, active: this.#working, done: this.#done, left: this.#left.size };
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#again);
  }

  /** Begins, or goes on with another plan; undefined: ends after the batch under way. */
  follow(plan: ResealPlan | undefined): void {
    this.#plan = plan;
    if (!plan || this.#ended || this.#working) return;
    const of = JSON.stringify(plan);
    if (this.#quiet?.of === of && performance.now() < this.#quiet.until) return;
    this.#working = true;
    this.#target = plan.target;
    void this.#work(plan)
      .catch((error: unknown) => {
        // The next look, when the connection is back, begins again.
        if (!(error instanceof Away || error instanceof Refusal)) this.#parts.unexpected(error);
      })
      .finally(() => {
        this.#working = false;
        if (this.#plan && JSON.stringify(this.#plan) !== of) this.follow(this.#plan);
      });
  }

  async #work(plan: ResealPlan): Promise<void> {
    const target = this.#parts.pool.get(plan.target);
    if (!target) return;
    const publicKey = importBoxPublicKey(target.publicRaw);
    const before = this.#done;
    for (const epoch of plan.epochs) {
      if (!(await this.#workThrough(epoch, plan.target, publicKey))) return;
    }
    this.#quiet = this.#done === before ? { of: JSON.stringify(plan), until: performance.now() + quietMs } : undefined;
  }

  /** All values of one epoch, in order; false when another worker is at it, or there is a newer epoch by now. */
  async #workThrough(epoch: number, target: number, publicKey: BoxPublicKey): Promise<boolean> {
    for (let after = ''; !this.#ended && this.#plan?.target === target; ) {
      const began = performance.now();
      const path = `reseal?epoch=${epoch}${after && `&after=${after}`}`;
      const batch = await this.#parts.client.ask(path, resealAnswer, { method: 'GET' });
      if (batch.epoch !== target) return false;
      if (batch.busy) {
        this.#again = setTimeout(() => this.follow(this.#plan), busyMs).unref();
        return false;
      }
      const last = batch.values.at(-1);
      if (!last) return true;
      await this.#sealBatch(batch, publicKey);
      after = last.versionId;
      await rest(Math.max(leastRestMs, performance.now() - began));
    }
    return false;
  }

  async #sealBatch(batch: ResealAnswer, publicKey: BoxPublicKey): Promise<void> {
    // What is sealed for a signer that this worker does not trust would not open afterwards.
    if (!this.#parts.verifyKeys().some(({ id }) => id === batch.signer)) throw new Refusal(409, 0, 'The server signs with a key that this worker does not know yet.');
    let values: Resealed[] = [];
    let left: LeftAsItIs[] = [];
    let bytes = 0;
    for (const [index, stored] of batch.values.entries()) {
      if (index % atOnce === 0) await turn();
      const was = createHash('sha256').update(Buffer.from(stored.envelope, 'base64url')).digest('base64url');
      if (this.#left.get(stored.versionId) === was) continue;
      const sealed = this.#seal(batch, stored, was, publicKey);
      if ('cause' in sealed) {
        this.#left.set(stored.versionId, was);
        left.push(sealed);
        process.stderr.write(`agent: the value with version id ${stored.versionId} is left as it is: it does not open (${sealed.cause})\n`);
        continue;
      }
      this.#left.delete(stored.versionId);
      if (bytes > 0 && bytes + sealed.ciphertext.length > resealLimits.requestBytes) {
        await this.#send(batch, values, left);
        [values, left, bytes] = [[], [], 0];
      }
      values.push(sealed);
      bytes += sealed.ciphertext.length + 200;
    }
    if (values.length > 0 || left.length > 0) await this.#send(batch, values, left);
  }

  #seal(batch: ResealAnswer, { versionId, envelope, ...context }: StoredValue, was: string, publicKey: BoxPublicKey): Resealed | LeftAsItIs {
    const poolPrivateKey = this.#parts.pool.get(context.poolEpoch);
    if (!poolPrivateKey) return { versionId, cause: 'epoch' };
    try {
      const value = openValue({ poolPrivateKey, verifyKeys: this.#parts.verifyKeys(), context, envelope: Buffer.from(envelope, 'base64url') });
      try {
        const { enc, ciphertext } = sealUnsigned({ poolPublicKey: publicKey, signer: batch.signer, context: { ...context, poolEpoch: batch.epoch }, value });
        return { versionId, was, enc: Buffer.from(enc).toString('base64url'), ciphertext: Buffer.from(ciphertext).toString('base64url') };
      } finally {
        value.fill(0);
      }
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      return { versionId, cause: error.reason };
    }
  }

  async #send(batch: ResealAnswer, values: Resealed[], left: LeftAsItIs[]): Promise<void> {
    const { stored } = await this.#parts.client.ask('reseal', resealStored, { body: { epoch: batch.epoch, signer: batch.signer, values, left } });
    this.#done += stored;
  }
}
