const mostQueued = 2_000;
const settleMs = 200;
const atOnce = 4;
const perSecond = 20;

/**
 * Fetches what changed in the background, in small numbers: each start asks for the newest itself, so this only serves
 * the time when the delivery plane is away, and must not compete with starts.
 */
export class Prefetcher {
  readonly #fetch: (algorithmId: string) => Promise<void>;
  readonly #queue = new Set<string>();
  #working = false;

  constructor(fetch: (algorithmId: string) => Promise<void>) {
    this.#fetch = fetch;
  }

  add(algorithmId: string): void {
    if (this.#queue.size >= mostQueued) return;
    this.#queue.add(algorithmId);
    if (this.#working) return;
    this.#working = true;
    setTimeout(() => void this.#work(), settleMs);
  }

  async #work(): Promise<void> {
    while (this.#queue.size > 0) {
      const next = [...this.#queue].slice(0, atOnce);
      for (const id of next) this.#queue.delete(id);
      await Promise.allSettled(next.map((id) => this.#fetch(id)));
      await new Promise((resolve) => setTimeout(resolve, (1000 * next.length) / perSecond));
    }
    this.#working = false;
  }
}
