/** A second batch begins beside the first one when this many wait: while one is on its way to the disk, the other is put together. */
const enoughForAnother = 8;

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

  /** `run` answers each request of a batch, in order, and may be called again meanwhile; when it throws, each of them and all that wait fail with that error. */
  constructor(run: (batch: Request[]) => Promise<Answer[]>, maxBatch = 256, mostAtOnce = 2) {
    this.#run = run;
    this.#maxBatch = maxBatch;
    this.#mostAtOnce = mostAtOnce;
  }

  submit(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      if (this.#underWay > 0 && (this.#underWay === this.#mostAtOnce || this.#waiting.length < enoughForAnother)) return;
      this.#underWay++;
      // After the poll phase: requests that arrived together are together in the first batch.
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#maxBatch);
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
    }
    this.#underWay--;
  }
}
