import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { limits, receipt as receiptSchema, type Receipt } from '@/lib/schemas/delivery';
import { readPrivate, writePrivate } from './files';

const mostKept = 20_000;

/**
 * Starts that the delivery plane does not know of yet, told to it when it is back: no start goes unrecorded while it is
 * away. Bounded: past that the oldest are counted instead of kept.
 */
export class Receipts {
  readonly #file: string;
  readonly #failed: (error: unknown) => void;
  #waiting: Receipt[] = [];
  #dropped = 0;

  constructor(folder: string, failed: (error: unknown) => void) {
    this.#file = path.join(folder, 'receipts.ndjson');
    this.#failed = failed;
    for (const line of readPrivate(this.#file)?.toString('utf8').split('\n') ?? []) {
      try {
        if (line) this.#waiting.push(receiptSchema.parse(JSON.parse(line)));
      } catch {
        // The last line of a file that was being written when the machine stopped.
      }
    }
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(receipt: Omit<Receipt, 'id' | 'at'>): void {
    const added = { id: randomUUID(), at: new Date().toISOString(), ...receipt };
    this.#waiting.push(added);
    try {
      if (this.#waiting.length > mostKept) {
        this.#dropped += this.#waiting.length - mostKept / 2;
        this.#waiting = this.#waiting.slice(-mostKept / 2);
        this.#rewrite();
      } else appendFileSync(this.#file, `${JSON.stringify(added)}\n`, { mode: 0o600 });
    } catch (error) {
      this.#failed(error);
    }
  }

  #rewrite(): void {
    if (this.#waiting.length > 0 || existsSync(this.#file)) writePrivate(this.#file, this.#waiting.map((each) => `${JSON.stringify(each)}\n`).join(''));
  }

  /** Reports what waits, in batches; what was reported is forgotten. A report whose answer is lost is made again. */
  async report(send: (starts: Receipt[], dropped: number) => Promise<void>): Promise<void> {
    while (this.#waiting.length > 0 || this.#dropped > 0) {
      const batch = this.#waiting.slice(0, limits.receiptsPerReport);
      const dropped = this.#dropped;
      await send(batch, dropped);
      const sent = new Set(batch);
      this.#waiting = this.#waiting.filter((each) => !sent.has(each));
      this.#dropped -= dropped;
      try {
        this.#rewrite();
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
