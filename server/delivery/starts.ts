import type { DeliveryStore, StartResult, StartRow } from './store';
import { GroupCommit } from '@/lib/group-commit';

/** What a start is answered with; `body` is JSON, ready to be sent. */
export type StartOutcome =
  | { kind: 'body'; body: Buffer }
  | { kind: 'unchanged'; body: string }
  | { kind: 'not-welcome'; state: string | null }
  | { kind: 'no-such-algorithm' };

interface Cached {
  tag: string;
  body: Buffer;
}

export type StartQuestion = Omit<StartRow, 'cachedTag'>;

const cacheBytes = 64 * 1024 * 1024;

/**
 * Answers starts in groups. Bodies are kept by algorithm and tag, and the tag is asked of the database with every batch,
 * so a body from the cache is never older than the batch's own snapshot.
 */
export class Starts {
  readonly #store: Pick<DeliveryStore, 'starts'>;
  readonly #commits: GroupCommit<StartQuestion, StartOutcome>;
  readonly #cache = new Map<string, Cached>();
  /** `owner/name` → algorithm id, a hint for what may be in the cache: the database says which algorithm it is. */
  readonly #named = new Map<string, string>();
  #bytes = 0;
  /** Batches and requests so far, for tests and figures. */
  readonly counts = { batches: 0, requests: 0 };

  constructor(store: Pick<DeliveryStore, 'starts'>) {
    this.#store = store;
    this.#commits = new GroupCommit((batch) => this.#answer(batch));
  }

  ask(question: StartQuestion): Promise<StartOutcome> {
    return this.#commits.submit(question);
  }

  async #answer(batch: StartQuestion[]): Promise<StartOutcome[]> {
    this.counts.batches++;
    this.counts.requests += batch.length;
    // What the cache holds now: it may drop entries while the statement is under way.
    const held = new Map<string, Cached>();
    const rows = batch.map((question) => {
      const id = question.algorithmId ?? this.#named.get(`${question.ownerKey}/${question.nameKey}`);
      const cached = id === undefined ? undefined : this.#cache.get(id);
      if (id !== undefined && cached) held.set(id, cached);
      return { ...question, cachedTag: cached?.tag ?? '' };
    });
    const results = await this.#store.starts(rows);
    for (const result of results) if (result.id && result.secrets !== null) held.set(result.id, this.#keep(result, result.id));
    return results.map((result, index) => this.#outcome(result, batch[index] as StartQuestion, held));
  }

  #outcome(result: StartResult, question: StartQuestion, held: Map<string, Cached>): StartOutcome {
    if (result.state !== 'approved') return { kind: 'not-welcome', state: result.state };
    const { id, tag } = result;
    if (!id || !tag) return { kind: 'no-such-algorithm' };
    if (question.ownerKey !== null) this.#remember(`${question.ownerKey}/${question.nameKey}`, id);
    if (question.clientTag === tag) return { kind: 'unchanged', body: `${head(result)},"unchanged":true}` };
    const cached = held.get(id);
    if (cached?.tag !== tag) throw new Error('a batch came back without a body that it needs');
    return { kind: 'body', body: cached.body };
  }

  #keep(result: StartResult, id: string): Cached {
    const kept = { tag: result.tag ?? '', body: Buffer.from(`${head(result)},"secrets":${result.secrets ?? '[]'}${result.providers === null ? '' : `,"providers":${result.providers}`}}`) };
    this.#drop(id);
    this.#cache.set(id, kept);
    this.#bytes += kept.body.length;
    for (const oldest of this.#cache.keys()) {
      if (this.#bytes <= cacheBytes) break;
      this.#drop(oldest);
    }
    return kept;
  }

  #drop(id: string): void {
    this.#bytes -= this.#cache.get(id)?.body.length ?? 0;
    this.#cache.delete(id);
  }

  #remember(name: string, id: string): void {
    if (this.#named.size > 50_000) this.#named.clear();
    this.#named.set(name, id);
  }
}

function head({ id, owner, name, tag }: StartResult): string {
  return `{"algorithm":${JSON.stringify({ id, owner, name })},"tag":"${tag}"`;
}
