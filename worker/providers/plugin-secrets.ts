import { PluginError } from '@/lib/plugins/host/plugin-error';
import type { Bundle } from '@/lib/schemas/delivery';
import type { Configurations } from './configurations';
import { wordsOf, type Hosts, type Reader } from './hosts';
import { NotAvailable, Tampered } from './trouble';
import type { Asked, Kept, Values } from './values';

/** A secret whose value is in a plugin's backend; its reference was checked. */
export interface PluginSecret {
  secretId: string;
  variable: string;
  version: number;
  providerId: string;
  providerKey: string;
  /** What its provider runs, by the bundle. */
  revision: string;
}

/** Times by which values are judged, in milliseconds. */
export interface Clock {
  /** Since 1970. */
  wall(): number;
  /** By a clock that nobody sets. */
  steady(): number;
}

export const systemClock: Clock = { wall: () => Date.now(), steady: () => performance.now() };

/** What a start gets: a value for each variable, and what to warn of. */
export interface Resolved {
  values: Map<string, string>;
  /** One line when last good values are among them. */
  warning: string | undefined;
}

/** A value that could not be had, and no last good one is there. */
export class NoValue extends Error {
  override readonly name = 'NoValue';

  constructor(
    readonly variable: string,
    message: string,
  ) {
    super(message);
  }
}

/** What is not as the server signed it. */
export class TamperedValue extends Error {
  override readonly name = 'TamperedValue';

  constructor(
    readonly variable: string,
    readonly trouble: Tampered,
  ) {
    super(trouble.message);
  }
}

export interface PluginSecretsParts {
  configurations: Pick<Configurations, 'get' | 'held' | 'nameOf'>;
  hosts: Pick<Hosts, 'reader' | 'isCurrent' | 'forget'>;
  values: Values;
  versionPollMs: number;
  lastGoodMs: number;
  clock?: Clock;
}

/** How long a start waits for a backend: with a last good value at hand, and with nothing else to go on with. */
const patienceMs = { withValue: 5_000, withoutValue: 100_000 };
/** Values of secrets that were used in this time are polled. */
const recentMs = 3_600_000;
const polledAtOnce = 32;

const rightNow = Number.NEGATIVE_INFINITY;

/** Bundles do not change, and each start looks. */
const listed = new WeakMap<Bundle, readonly PluginSecret[]>();

interface Asking {
  began: number;
  done: Promise<Kept>;
}

type Found = { value: string; stale?: { kept: Kept; reason: string } };

function reasonOf(error: unknown): string {
  if (error instanceof PluginError) return wordsOf(error);
  return error instanceof Error ? error.message : 'unknown failure';
}

/** Values that plugins keep: asked for when there is no fresh one, polled for changes, the last good one while a backend fails. */
export class PluginSecrets {
  readonly #parts: PluginSecretsParts;
  readonly #clock: Clock;
  readonly #asking = new Map<string, Asking>();
  readonly #timer: NodeJS.Timeout;
  #polling: Promise<void> | undefined;

  constructor(parts: PluginSecretsParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#timer = setInterval(() => void this.poll(), parts.versionPollMs).unref();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** The plugin secrets of a bundle, as it names them. */
  static of(bundle: Bundle): readonly PluginSecret[] {
    if (!bundle.providers?.length) return [];
    const known = listed.get(bundle);
    if (known) return known;
    const revisions = new Map(bundle.providers.map(({ id, revision }) => [id, revision]));
    const secrets = bundle.secrets.flatMap(({ id, key, version, entry }) =>
      entry ? [{ secretId: id, variable: key, version, providerId: entry.providerId, providerKey: entry.providerKey, revision: revisions.get(entry.providerId) ?? '' }] : []);
    listed.set(bundle, secrets);
    return secrets;
  }

  /** Tells the values of a bundle from any others, while each is fresh; undefined when one has to be asked for. */
  stamp(bundle: Bundle): string | undefined {
    if (!bundle.providers?.length) return '';
    const now = this.#clock.steady();
    const algorithmId = bundle.algorithm.id;
    const used: Kept[] = [];
    for (const secret of PluginSecrets.of(bundle)) {
      const kept = this.#parts.values.get(algorithmId, secret.secretId);
      if (!kept || !this.#isFresh(kept, secret)) return undefined;
      used.push(kept);
    }
    for (const kept of used) kept.lastUsed = now;
    return ` ${this.#parts.values.generation(algorithmId)}`;
  }

  #isFresh({ asked }: Kept, secret: PluginSecret): boolean {
    if (!asked || asked.version !== secret.version || asked.providerId !== secret.providerId || asked.providerKey !== secret.providerKey || asked.revision !== secret.revision) return false;
    const now = this.#clock.steady();
    if (asked.ttl > 0 && now - asked.at >= asked.ttl * 1_000) return false;
    // Polls have confirmed it lately: else its backend may have another one by now.
    return now - asked.checkedAt <= this.#parts.versionPollMs * 1.5;
  }

  /** How old a value is that nobody confirms: by the clock that shows more, since one of them may have been set. */
  #age({ goodAt, goodSteady }: Kept): number {
    return Math.max(this.#clock.wall() - goodAt, goodSteady === undefined ? 0 : this.#clock.steady() - goodSteady);
  }

  #isGood(kept: Kept): boolean {
    return this.#age(kept) <= this.#parts.lastGoodMs;
  }

  /** The values of a bundle's plugin secrets, all asked for at once. Throws NoValue or TamperedValue for the first without one. */
  async resolve(bundle: Bundle, secrets: readonly PluginSecret[]): Promise<Resolved> {
    const algorithmId = bundle.algorithm.id;
    const outcomes = await Promise.allSettled(secrets.map((secret) => this.#value(algorithmId, secret)));
    this.#parts.values.save(algorithmId);
    const values = new Map<string, string>();
    const stale: { secret: PluginSecret; kept: Kept; reason: string }[] = [];
    const failures: unknown[] = [];
    outcomes.forEach((outcome, index) => {
      const secret = secrets[index];
      if (!secret) return;
      if (outcome.status === 'rejected') return void failures.push(outcome.reason);
      values.set(secret.variable, outcome.value.value);
      if (outcome.value.stale) stale.push({ secret, ...outcome.value.stale });
    });
    const [failure] = failures.sort((a, b) => Number(b instanceof TamperedValue) - Number(a instanceof TamperedValue));
    if (failure) throw failure;
    return { values, warning: this.#warning(stale) };
  }

  #warning(stale: { secret: PluginSecret; kept: Kept; reason: string }[]): string | undefined {
    const [first] = stale;
    if (!first) return undefined;
    const each = stale.map(({ secret, kept }) => `${secret.variable} (last confirmed ${new Date(kept.goodAt).toISOString().replace(/\.\d+Z$/, 'Z')})`);
    return `last good values are used: ${each.join(', ')}; ${this.#parts.configurations.nameOf(first.secret.providerId)}: ${first.reason}`;
  }

  async #value(algorithmId: string, secret: PluginSecret): Promise<Found> {
    const { values } = this.#parts;
    const kept = values.get(algorithmId, secret.secretId);
    if (kept && this.#isFresh(kept, secret)) {
      kept.lastUsed = this.#clock.steady();
      return { value: kept.value };
    }
    const lastGood = kept && this.#isGood(kept) ? kept : undefined;
    const asking = this.#ask(algorithmId, secret);
    try {
      return { value: (await this.#within(asking, lastGood ? patienceMs.withValue : patienceMs.withoutValue)).value };
    } catch (error) {
      if (error instanceof Tampered) throw new TamperedValue(secret.variable, error);
      if (!(error instanceof PluginError || error instanceof NotAvailable)) throw error;
      const reason = reasonOf(error);
      if (lastGood) {
        lastGood.lastUsed = this.#clock.steady();
        lastGood.failure ??= { since: this.#clock.wall(), reason };
        lastGood.failure.reason = reason;
        return { value: lastGood.value, stale: { kept: lastGood, reason } };
      }
      if (kept) values.remove(algorithmId, secret.secretId);
      const tooOld = kept ? ` (its last good value is older than ${this.#parts.lastGoodMs / 3_600_000} h)` : '';
      throw new NoValue(secret.variable, `${this.#parts.configurations.nameOf(secret.providerId)}: ${reason}${tooOld}`);
    }
  }

  async #within({ began, done }: Asking, patience: number): Promise<Kept> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new NotAvailable('its backend did not answer in time')), Math.max(0, began + patience - performance.now()));
    });
    try {
      return await Promise.race([done, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One call for all that want the same value at this moment. */
  #ask(algorithmId: string, secret: PluginSecret): Asking {
    const which = `${secret.secretId} ${secret.version} ${secret.revision} ${secret.providerKey}`;
    const known = this.#asking.get(which);
    if (known) return known;
    const done = this.#fetch(algorithmId, secret).finally(() => this.#asking.delete(which));
    // Nobody may wait for it any more when it fails.
    done.catch(() => undefined);
    const asking = { began: performance.now(), done };
    this.#asking.set(which, asking);
    return asking;
  }

  async #fetch(algorithmId: string, secret: PluginSecret): Promise<Kept> {
    const { configurations, hosts } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      const runnable = await configurations.get(secret.providerId, secret.revision);
      const reader = await hosts.reader(runnable);
      try {
        return await this.#read(algorithmId, secret, reader);
      } catch (error) {
        if (!(error instanceof PluginError) || attempt > 1) throw error;
        // Its module's file was changed, or it was replaced at this very moment.
        if (error.kind === 'module') hosts.forget(secret.providerId);
        else if (error.kind !== 'unavailable' || (await hosts.isCurrent(secret.providerId, reader))) throw error;
      }
    }
  }

  async #read(algorithmId: string, secret: PluginSecret, reader: Reader): Promise<Kept> {
    const at = this.#clock.steady();
    const { value, ttl } = await reader.getSecret(secret.providerKey);
    return this.#keep(algorithmId, secret, { value, ttl, at });
  }

  /** Whether a prefetch should ask for values: of an algorithm that was started here. */
  isUsedHere(algorithmId: string): boolean {
    return this.#parts.values.has(algorithmId);
  }

  /** Asks the backends whether the values that were used lately are still theirs, and for those that are not. One round at a time. */
  poll(): Promise<void> {
    this.#polling ??= this.#pollOnce().finally(() => (this.#polling = undefined));
    return this.#polling;
  }

  async #pollOnce(): Promise<void> {
    const { values } = this.#parts;
    const due: [string, Kept, Asked][] = [];
    for (const [algorithmId, kept] of values.all()) {
      if (!this.#isGood(kept)) values.remove(algorithmId, kept.secretId);
      else if (kept.asked && this.#clock.steady() - kept.lastUsed <= recentMs) due.push([algorithmId, kept, kept.asked]);
    }
    const work = async (): Promise<void> => {
      for (let next = due.shift(); next; next = due.shift()) await this.#check(...next);
    };
    await Promise.all(Array.from({ length: polledAtOnce }, work));
    values.saveAll();
  }

  async #check(algorithmId: string, kept: Kept, asked: Asked): Promise<void> {
    const { configurations, hosts, values } = this.#parts;
    try {
      const runnable = configurations.held(asked.providerId);
      if (!runnable) return;
      const reader = await hosts.reader(runnable);
      const at = this.#clock.steady();
      const version = await reader.getSecretVersion(asked.providerKey);
      if (values.get(algorithmId, kept.secretId) !== kept) return;
      if (version !== null && version === asked.backendVersion) {
        asked.checkedAt = at;
        kept.goodAt = this.#clock.wall();
        kept.goodSteady = this.#clock.steady();
        delete kept.failure;
        return;
      }
      const { lastUsed } = kept;
      const secret = { secretId: kept.secretId, ...asked };
      const fresh = await this.#reread(algorithmId, kept, secret, reader, version);
      if (fresh) fresh.lastUsed = lastUsed;
    } catch (error) {
      if (!(error instanceof PluginError || error instanceof NotAvailable || error instanceof Tampered)) throw error;
      if (error instanceof PluginError && error.kind === 'module') hosts.forget(asked.providerId);
      // The next start asks for itself.
      asked.checkedAt = rightNow;
      kept.failure ??= { since: this.#clock.wall(), reason: '' };
      kept.failure.reason = reasonOf(error);
    }
  }

  /** Unless a start has read it meanwhile. */
  async #reread(algorithmId: string, kept: Kept, secret: PluginSecret, reader: Reader, version: string | null): Promise<Kept | undefined> {
    const at = this.#clock.steady();
    const { value, ttl } = await reader.getSecret(secret.providerKey);
    if (this.#parts.values.get(algorithmId, secret.secretId) !== kept) return undefined;
    return this.#keep(algorithmId, secret, { value, ttl, at, backendVersion: version });
  }

  #keep(algorithmId: string, secret: PluginSecret, read: { value: string; ttl: number; at: number; backendVersion?: string | null }): Kept {
    const { value, ttl, at } = read;
    if (value.includes('\0')) throw new NotAvailable('its value has a NUL, which no environment variable can hold');
    const { variable, version, providerId, providerKey, revision } = secret;
    const asked: Asked = { variable, version, providerId, providerKey, revision, at, checkedAt: at, ttl, ...(read.backendVersion === undefined ? {} : { backendVersion: read.backendVersion }) };
    const now = this.#clock.steady();
    const kept: Kept = { secretId: secret.secretId, value, goodAt: this.#clock.wall(), goodSteady: now, asked, lastUsed: now };
    this.#parts.values.put(algorithmId, kept);
    return kept;
  }

  /** Secrets whose last good value is in use because their backend fails, for the status. */
  failing(): { providerId: string; variable: string; algorithmId: string; confirmed: string; since: string; reason: string }[] {
    const found = [];
    const text = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
    for (const [algorithmId, { asked, failure, goodAt }] of this.#parts.values.all()) {
      if (failure) found.push({ providerId: asked?.providerId ?? '', variable: asked?.variable ?? '', algorithmId, confirmed: text(goodAt), since: text(failure.since), reason: failure.reason });
    }
    return found;
  }

  /** A fresh bundle: the values of secrets that were removed end with it. */
  keepOnly(bundle: Bundle): void {
    const { id } = bundle.algorithm;
    if (this.#parts.values.has(id)) this.#parts.values.keepOnly(id, new Set(bundle.secrets.filter(({ entry }) => entry).map((secret) => secret.id)));
  }

  drop(algorithmId: string): void {
    if (this.#parts.values.has(algorithmId)) this.#parts.values.drop(algorithmId);
  }
}
