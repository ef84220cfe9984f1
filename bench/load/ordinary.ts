import { LoadProcess } from './load-process';

export interface OrdinaryRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

interface OrdinaryJob {
  port: number;
  clients: number;
  seconds: number;
  requests: OrdinaryRequest[];
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
  readonly #process = new LoadProcess<OrdinaryJob, Outcome>('bench/load/ordinary.mjs');

  /** Rejects when anything but a success is answered. */
  async run(job: OrdinaryJob): Promise<Outcome> {
    const outcome = await this.#process.run(job);
    if (outcome.refused > 0) throw new Error(`The server refused ${outcome.refused}`);
    return outcome;
  }

  close(): void {
    this.#process.close();
  }
}
