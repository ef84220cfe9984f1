import type { Job, Outcome } from './job';
import { LoadProcess } from './load-process';

/** The light load: prepared bytes over sockets that stay open. */
export class Loader {
  readonly #process = new LoadProcess<Job, Outcome>('dist/bench/load.mjs');

  /** Runs a job to its end. Rejects when a connection breaks, or when more than one unit in a hundred is refused. */
  async run(job: Job): Promise<Outcome> {
    const outcome = await this.#process.run(job);
    const refused = Object.values(outcome.refused).reduce((sum, count) => sum + count, 0);
    if (refused * 100 > outcome.done) throw new Error(`The server refused ${refused} of ${refused + outcome.done}: ${JSON.stringify(outcome.refused)}`);
    return outcome;
  }

  close(): void {
    this.#process.close();
  }
}
