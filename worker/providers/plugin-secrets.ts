import { PluginError } from '@/lib/plugins/host/plugin-error';
import type { Bundle } from '@/lib/schemas/delivery';
import type { Configurations } from './configurations';
import type { Hosts } from './hosts';
import { NoValue, TamperedValue, pluginSecretsOf, type PluginSecret, type Resolved } from './plugin-secret';
import { NotAvailable, Tampered, reasonOf } from './trouble';
import { ValueReader } from './value-reader';
import { ValueTimes, systemClock, type Clock } from './value-times';
import type { Kept, Values } from './values';
import { VersionPoll } from './version-poll';

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

interface Asking {
  began: number;
  done: Promise<Kept>;
}

type Found = { value: string; stale?: { kept: Kept; reason: string } };

/** Values that plugins keep: asked for when there is no fresh one, polled for changes, the last good one while a backend fails. */
export class PluginSecrets {
  readonly #parts: PluginSecretsParts;
  readonly #clock: Clock;
  readonly #times: ValueTimes;
  readonly #reader: ValueReader;
  readonly #poll: VersionPoll;
  readonly #asking = new Map<string, Asking>();
  readonly #timer: NodeJS.Timeout;

  constructor(parts: PluginSecretsParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#times = new ValueTimes(this.#clock, parts.versionPollMs, parts.lastGoodMs);
    this.#reader = new ValueReader(parts, this.#clock);
    this.#poll = new VersionPoll({ ...parts, reader: this.#reader, times: this.#times, clock: this.#clock });
    this.#timer = setInterval(() => void this.poll(), parts.versionPollMs).unref();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** Tells the values of a bundle from any others, while each is fresh; undefined when one has to be asked for. */
  stamp(bundle: Bundle): string | undefined {
    if (!bundle.providers?.length) return '';
    const now = this.#clock.steady();
    const algorithmId = bundle.algorithm.id;
    const used: Kept[] = [];
    for (const secret of pluginSecretsOf(bundle)) {
      const kept = this.#parts.values.get(algorithmId, secret.secretId);
      if (!kept || !this.#times.isFresh(kept, secret)) return undefined;
      used.push(kept);
    }
    for (const kept of used) kept.lastUsed = now;
    return ` ${this.#parts.values.generation(algorithmId)}`;
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
    if (kept && this.#times.isFresh(kept, secret)) {
      kept.lastUsed = this.#clock.steady();
      return { value: kept.value };
    }
    const lastGood = kept && this.#times.isGood(kept) ? kept : undefined;
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
    const done = this.#reader.fetch(algorithmId, secret).finally(() => this.#asking.delete(which));
    // Nobody may wait for it any more when it fails.
    done.catch(() => undefined);
    const asking = { began: performance.now(), done };
    this.#asking.set(which, asking);
    return asking;
  }

  /** Whether a prefetch should ask for values: of an algorithm that was started here. */
  isUsedHere(algorithmId: string): boolean {
    return this.#parts.values.has(algorithmId);
  }

  /** Asks the backends whether the values that were used lately are still theirs, and for those that are not. One round at a time. */
  poll(): Promise<void> {
    return this.#poll.poll();
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
