import type { StartResult } from './store';

export interface KnownAlgorithm {
  id: string;
  /** `owner/name`, as events name it. */
  label: string;
  tag: string;
  /** What is sent to a worker that has this tag. */
  unchanged: string;
}

const mostKept = 20_000;

/** The beginning of every answer that delivers. */
export function answerHead({ id, owner, name, tag }: Pick<StartResult, 'id' | 'owner' | 'name' | 'tag'>): string {
  return `{"algorithm":${JSON.stringify({ id, owner, name })},"tag":"${tag}"`;
}

export function unchangedAnswer(result: StartResult): string {
  return `${answerHead(result)},"unchanged":true}`;
}

/**
 * What the statement before found, with the moment at which it is true: who is welcome, and which tag an algorithm has.
 * It holds as long as nobody else commits anything, and is forgotten whole as soon as somebody does.
 */
export class Known {
  /** As the database counts it; undefined while nothing is known. */
  moment: string | undefined;
  /** Names of approved workers, by id. */
  readonly #workers = new Map<string, string>();
  readonly #algorithms = new Map<string, KnownAlgorithm>();

  workerName(id: string): string | undefined {
    return this.#workers.get(id);
  }

  /** By id, or by `owner/name` in lower case. */
  algorithm(key: string): KnownAlgorithm | undefined {
    return this.#algorithms.get(key);
  }

  /** Takes what a statement found for these questions: what was delivered only, since refusals are looked up each time. */
  learn(results: StartResult[], questions: { workerId: string; key: string }[]): void {
    const [first] = results;
    if (first?.at !== this.moment || this.#algorithms.size > mostKept || this.#workers.size > mostKept) this.forget();
    if (!first || first.next === null) return this.forget();
    this.moment = first.next;
    results.forEach((result, index) => {
      const question = questions[index];
      const { state, workerName, id, owner, name, tag } = result;
      if (!question || state !== 'approved' || workerName === null) return;
      this.#workers.set(question.workerId, workerName);
      if (id === null || tag === null || this.#algorithms.has(question.key)) return;
      this.#algorithms.set(question.key, { id, label: `${owner}/${name}`, tag, unchanged: unchangedAnswer(result) });
    });
  }

  forget(): void {
    this.moment = undefined;
    this.#workers.clear();
    this.#algorithms.clear();
  }
}
