/** A second batch begins beside the first one when this many wait: while one is on its way to the disk, the other is put together. */
const enoughForAnother = 8;

/** Milliseconds. A batch that took longer than `slow` leaves room for those it answered to be in the next one: waiting for them costs less than a commit of their own. */
const gathering = { slow: 1.5, longest: 5, share: 1 / 3 };

/**
 * Lets many requests share one commit. What arrives while statements are under way waits and forms the next batch, so the
 * slower the disk, the larger the batches; nothing waits when nothing else is under way.
 */
export class GroupCommit<Request, Answer> {
  readonly #run: (batch: Request[]) => Promise<Answer[]>;
  readonly #maxBatch: number;
  readonly #mostAtOnce: number;
  #waiting: { request: Request; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  #underWay = 0;
  #arrived: (() => void) | undefined;

  /**
   * `run` answers each request of a batch, in order, and is called again meanwhile unless `mostAtOnce` is 1; when it throws,
   * each of them and all that wait fail with that error.
   */
  constructor(run: (batch: Request[]) => Promise<Answer[]>, maxBatch = 256, mostAtOnce = 2) {
    this.#run = run;
    this.#maxBatch = maxBatch;
    this.#mostAtOnce = mostAtOnce;
  }

  submit(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#arrived?.();
      if (this.#underWay > 0 && (this.#underWay === this.#mostAtOnce || this.#waiting.length < enoughForAnother)) return;
      this.#underWay++;
      // After the poll phase: requests that arrived together are together in the first batch.
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#maxBatch);
      const began = performance.now();
      try {
        const answers = await this.#run(batch.map(({ request }) => request));
        if (answers.length !== batch.length) throw new Error('a batch was not answered whole');
        batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
      } catch (error) {
        // The database is away: those who wait would only find that out later, past the time they have.
        for (const { reject } of [...batch, ...this.#waiting.splice(0)]) reject(error);
      }
      // A few that wait are left to the batch that is under way, to be more by then.
      if (this.#underWay > 1 && this.#waiting.length < enoughForAnother) break;
      const took = performance.now() - began;
      if (this.#mostAtOnce === 1 && this.#waiting.length > 0 && took > gathering.slow) {
        await this.#gather(batch.length + this.#waiting.length, Math.min(gathering.longest, took * gathering.share));
      }
    }
    this.#underWay--;
  }

  /** Until that many wait, or the time is over. With batches one at a time there would otherwise be two halves of the requests, each waiting for the other's commit. */
  #gather(enough: number, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#arrived = undefined;
        resolve();
      };
      const timer = setTimeout(go, milliseconds);
      this.#arrived = () => {
        if (this.#waiting.length >= enough) go();
      };
    });
  }
}
