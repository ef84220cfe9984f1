import type { StartAnswer, StartRequest } from '@/lib/schemas/delivery';
import { Refusal, type DeliveryClient } from './delivery-client';

const mostTogether = 64;

interface Waiting {
  request: StartRequest;
  resolve: (answer: StartAnswer) => void;
  reject: (error: unknown) => void;
}

/**
 * Asks for starts that come at the same moment in one request; what comes while one is under way goes into the next. For those whose bundle this worker holds: their answers
 * are short, and a few milliseconds later a start without an answer goes on with what there is.
 */
export class StartGroups {
  readonly #client: Pick<DeliveryClient, 'start' | 'startTogether'>;
  readonly #timeoutMs: () => number;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(client: Pick<DeliveryClient, 'start' | 'startTogether'>, timeoutMs: () => number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  ask(request: StartRequest): Promise<StartAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      if (this.#busy) return;
      this.#busy = true;
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, mostTogether);
      try {
        await this.#send(group);
      } catch (error) {
        // Those who wait would only find out later: the delivery plane is away.
        for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(error);
      }
    }
    this.#busy = false;
  }

  async #send(group: Waiting[]): Promise<void> {
    const answers = await this.#client.startTogether(group.map(({ request }) => request), this.#timeoutMs());
    answers.forEach((answer, index) => {
      const waiting = group[index];
      if (!waiting) return;
      if ('error' in answer) waiting.reject(new Refusal(answer.error.status, answer.error.code, answer.error.message));
      else if ('askAlone' in answer) this.#client.start(waiting.request, this.#timeoutMs()).then(waiting.resolve, waiting.reject);
      else waiting.resolve(answer);
    });
  }
}
