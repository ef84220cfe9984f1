/** Pauses that all end at once when what they belong to ends. */
export class Waits {
  readonly #wakers = new Set<() => void>();
  #ended = false;

  async wait(ms: number): Promise<void> {
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wakers.add(wake);
    });
  }

  end(): void {
    this.#ended = true;
    for (const wake of this.#wakers) wake();
  }
}
