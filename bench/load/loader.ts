import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '@/server/root';
import type { Job, Outcome } from './job';

/** The process that makes the load, so that it does not share an event loop with what it measures. */
export class Loader {
  readonly #child: ChildProcess = fork(path.join(projectRoot, 'dist/bench/load.mjs'), { execArgv: [], detached: true });

  /** Runs a job to its end. Rejects when a connection breaks, or when more than one unit in a hundred is refused. */
  async run(job: Job): Promise<Outcome> {
    const answer = await new Promise<{ outcome: Outcome } | { error: string }>((resolve, reject) => {
      const gone = () => reject(new Error('the load process ended'));
      this.#child.once('exit', gone);
      this.#child.once('message', (message) => {
        this.#child.off('exit', gone);
        resolve(message as { outcome: Outcome } | { error: string });
      });
      this.#child.send(job);
    });
    if ('error' in answer) throw new Error(`The load could not be made: ${answer.error}`);
    const refused = Object.values(answer.outcome.refused).reduce((sum, count) => sum + count, 0);
    if (refused * 100 > answer.outcome.done) throw new Error(`The server refused ${refused} of ${refused + answer.outcome.done}: ${JSON.stringify(answer.outcome.refused)}`);
    return answer.outcome;
  }

  close(): void {
    this.#child.disconnect();
  }
}
