import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '@/server/root';

export interface OrdinaryRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

interface Outcome {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  refused: number;
}

/** A load by autocannon, which costs about as much as an ordinary client: see docs/performance.md for what differs. */
export class OrdinaryClients {
  readonly #child: ChildProcess = fork(path.join(projectRoot, 'bench/load/ordinary.mjs'), { execArgv: [], detached: true });

  /** Rejects when anything but a success is answered. */
  async run(job: { port: number; clients: number; seconds: number; requests: OrdinaryRequest[] }): Promise<Outcome> {
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
    if (answer.outcome.refused > 0) throw new Error(`The server refused ${answer.outcome.refused}`);
    return answer.outcome;
  }

  close(): void {
    this.#child.disconnect();
  }
}
