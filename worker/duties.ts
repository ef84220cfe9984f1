import { checkAnswer, emptyAnswer } from '@/lib/schemas/delivery';
import type { Bundles } from './bundles';
import { Away, Refusal, type DeliveryClient } from './delivery-client';
import type { Receipts } from './receipts';

const roundMs = 1_000;
const checkedAtOnce = 200;
/** `deaf`: the delivery plane itself hears of no changes. `missing`: this worker waits for something. */
const everyMs = { poll: 30_000, pollDeaf: 5_000, look: 30_000, lookMissing: 5_000 };

export interface DutyParts {
  client: DeliveryClient;
  receipts: Receipts;
  bundles: Bundles;
  /** An algorithm whose bundle here is not the newest. */
  changed(algorithmId: string): void;
  /** Looks how this worker stands. */
  look(): Promise<void>;
  ready(): boolean;
  unexpected(error: unknown): void;
}

/** What an agent does now and then while it is connected: reports starts, looks for keys, polls for changes that nobody announced. */
export class Duties {
  readonly #parts: DutyParts;
  #ended = false;
  #wake: (() => void) | undefined;
  #polled = Number.NEGATIVE_INFINITY;
  #looked = performance.now();
  #checkedFrom = 0;
  deaf = false;

  constructor(parts: DutyParts) {
    this.#parts = parts;
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async work(): Promise<void> {
    while (!this.#ended) {
      try {
        await this.#round();
      } catch (error) {
        if (!(error instanceof Away || error instanceof Refusal)) this.#parts.unexpected(error);
      }
      if (!this.#ended) await this.#rest();
    }
  }

  async #round(): Promise<void> {
    const { client, receipts, look, ready } = this.#parts;
    await receipts.report(async (starts, dropped) => void (await client.ask('receipts', emptyAnswer, { body: { starts, dropped } })));
    if (performance.now() - this.#looked > (ready() ? everyMs.look : everyMs.lookMissing)) {
      this.#looked = performance.now();
      await look();
    }
    if (performance.now() - this.#polled > (this.deaf ? everyMs.pollDeaf : everyMs.poll)) {
      this.#polled = performance.now();
      await this.#poll();
    }
  }

  async #poll(): Promise<void> {
    const { bundles, client, changed } = this.#parts;
    const tags = bundles.tags();
    if (tags.length === 0) return;
    if (this.#checkedFrom >= tags.length) this.#checkedFrom = 0;
    const some = tags.slice(this.#checkedFrom, this.#checkedFrom + checkedAtOnce);
    this.#checkedFrom += checkedAtOnce;
    const answer = await client.ask('check', checkAnswer, { body: { algorithms: Object.fromEntries(some) } });
    for (const id of answer.changed) changed(id);
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, roundMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
