import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '@/server/root';

/** A process that makes the load, so that it does not share an event loop with what it measures; one job at a time. */
export class LoadProcess<Job extends object, Outcome> {
  readonly #child: ChildProcess;

  /** @param program in the project, built */
  constructor(program: string) {
    this.#child = fork(path.join(projectRoot, program), { execArgv: [], detached: true });
  }

  /** Runs a job to its end. Rejects when it could not be done, or the process ends under it. */
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
    return answer.outcome;
  }

  close(): void {
    this.#child.disconnect();
  }
}
