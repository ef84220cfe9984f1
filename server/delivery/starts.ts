import { GroupCommit } from '@/lib/group-commit';
import { Bodies } from './bodies';
import { answerHead, Known, unchangedAnswer } from './known';
import type { DeliveryStore, Repeated, StartResult, StartRow } from './store';

/** What a start is answered with; `body` is JSON, ready to be sent. */
export type StartOutcome =
  | { kind: 'body'; body: Buffer }
  | { kind: 'unchanged'; body: string }
  | { kind: 'not-welcome'; state: string | null }
  | { kind: 'no-such-algorithm' };

export interface StartQuestion extends Omit<StartRow, 'cachedTag'> {
  /** What it asks for: the algorithm's id, or `owner/name` in lower case. */
  key: string;
}

/** A delivery as the one before it, should nothing have changed. */
interface Again {
  delivery: Repeated;
  outcome: StartOutcome;
}

const mostInGroup = 256;
const longestPause = 32;

type Store = Pick<DeliveryStore, 'starts' | 'repeat'>;

/**
 * Answers starts in groups, a group at a time. The database is asked with each: for what it delivers, or, when the answers
 * are known, whether anybody has changed anything at all. So an answer is never older than its group's own snapshot.
 */
export class Starts {
  readonly #store: Store;
  readonly #commits: GroupCommit<StartQuestion, StartOutcome>;
  readonly #known = new Known();
  readonly #bodies = new Bodies();
  /** How often in a row somebody had changed something, and for how many groups it is not tried again. */
  #misses = 0;
  #pause = 0;
  /** Groups, requests in them, and those of these that were answered as before: for tests and figures. */
  readonly counts = { batches: 0, requests: 0, repeated: 0 };
  /** `owner/name` → algorithm id, a hint for which body may be here: the database says which algorithm it is. */
  readonly #named = new Map<string, string>();

  constructor(store: Store) {
    this.#store = store;
    // One at a time: then what finishes between two of our statements is none of ours.
    this.#commits = new GroupCommit((batch) => this.#answer(batch), mostInGroup, 1);
  }

  ask(question: StartQuestion): Promise<StartOutcome> {
    return this.#commits.submit(question);
  }

  async #answer(batch: StartQuestion[]): Promise<StartOutcome[]> {
    this.counts.batches++;
    this.counts.requests += batch.length;
    const again = batch.map((question) => this.#again(question));
    const repeated = again.filter((each) => each !== undefined);
    if (repeated.length === 0 || !(await this.#repeat(repeated))) return this.#look(batch);
    this.counts.repeated += repeated.length;
    if (repeated.length === batch.length) return repeated.map(({ outcome }) => outcome);
    const looked = (await this.#look(batch.filter((_, index) => !again[index]))).values();
    return again.map((each) => each?.outcome ?? (looked.next().value as StartOutcome));
  }

  #again({ key, workerId, requestId, address, reason, clientTag }: StartQuestion): Again | undefined {
    const workerName = this.#known.workerName(workerId);
    const algorithm = this.#known.algorithm(key);
    if (workerName === undefined || !algorithm) return undefined;
    const { id, label, tag, unchanged } = algorithm;
    const delivery = { requestId, address, reason, workerId, workerName, algorithmId: id, algorithm: label, tag };
    if (clientTag === tag) return { delivery, outcome: { kind: 'unchanged', body: unchanged } };
    const kept = this.#bodies.get(id);
    return kept?.tag === tag ? { delivery, outcome: { kind: 'body', body: kept.body } } : undefined;
  }

  /** Records them, if nobody has changed anything since they were known. On a server where others write all the time that is tried now and then only. */
  async #repeat(repeated: Again[]): Promise<boolean> {
    const { moment } = this.#known;
    if (moment === undefined || this.#pause-- > 0) return false;
    const { same, next } = await this.#store.repeat(moment, repeated.map(({ delivery }) => delivery));
    if (next === null) this.#known.forget();
    else this.#known.moment = next;
    this.#misses = same ? 0 : this.#misses + 1;
    this.#pause = this.#misses < 3 ? 0 : Math.min(longestPause, 2 ** this.#misses);
    return same;
  }

  async #look(batch: StartQuestion[]): Promise<StartOutcome[]> {
    // What is held now: bodies may be dropped while the statement is under way.
    const held = new Map<string, { tag: string; body: Buffer }>();
    const rows = batch.map((question) => {
      const id = question.algorithmId ?? this.#named.get(question.key);
      const kept = id === undefined ? undefined : this.#bodies.get(id);
      if (id !== undefined && kept) held.set(id, kept);
      return { ...question, cachedTag: kept?.tag ?? '' };
    });
    const results = await this.#store.starts(rows);
    this.#known.learn(results, batch);
    for (const result of results) if (result.id && result.secrets !== null) held.set(result.id, this.#bodies.keep(result.id, bodyOf(result)));
    return results.map((result, index) => this.#outcome(result, batch[index] as StartQuestion, held));
  }

  #outcome(result: StartResult, question: StartQuestion, held: Map<string, { tag: string; body: Buffer }>): StartOutcome {
    if (result.state !== 'approved') return { kind: 'not-welcome', state: result.state };
    const { id, tag } = result;
    if (!id || !tag) return { kind: 'no-such-algorithm' };
    if (question.ownerKey !== null) this.#remember(question.key, id);
    if (question.clientTag === tag) return { kind: 'unchanged', body: unchangedAnswer(result) };
    const kept = held.get(id);
    if (kept?.tag !== tag) throw new Error('a batch came back without a body that it needs');
    return { kind: 'body', body: kept.body };
  }

  #remember(name: string, id: string): void {
    if (this.#named.size > 50_000) this.#named.clear();
    this.#named.set(name, id);
  }
}

function bodyOf(result: StartResult): { tag: string; body: Buffer } {
  const providers = result.providers === null ? '' : `,"providers":${result.providers}`;
  return { tag: result.tag ?? '', body: Buffer.from(`${answerHead(result)},"secrets":${result.secrets ?? '[]'}${providers}}`) };
}
