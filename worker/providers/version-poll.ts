import { PluginError } from '@/lib/plugins/host/plugin-error';
import type { Configurations } from './configurations';
import type { Hosts, Reader } from './hosts';
import type { PluginSecret } from './plugin-secret';
import { NotAvailable, Tampered, reasonOf } from './trouble';
import type { ValueReader } from './value-reader';
import type { Clock, ValueTimes } from './value-times';
import type { Asked, Kept, Values } from './values';

/** Values of secrets that were used in this time are polled. */
const recentMs = 3_600_000;
const polledAtOnce = 32;

const rightNow = Number.NEGATIVE_INFINITY;

export interface VersionPollParts {
  configurations: Pick<Configurations, 'held'>;
  hosts: Pick<Hosts, 'reader' | 'forget'>;
  values: Values;
  reader: ValueReader;
  times: ValueTimes;
  clock: Clock;
}

/** Asks plugins' backends now and then whether the values that are in use are still theirs. */
export class VersionPoll {
  readonly #parts: VersionPollParts;
  readonly #clock: Clock;
  #polling: Promise<void> | undefined;

  constructor(parts: VersionPollParts) {
    this.#parts = parts;
    this.#clock = parts.clock;
  }

  /** Asks the backends whether the values that were used lately are still theirs, and for those that are not. One round at a time. */
  poll(): Promise<void> {
    this.#polling ??= this.#pollOnce().finally(() => (this.#polling = undefined));
    return this.#polling;
  }

  async #pollOnce(): Promise<void> {
    const { times, values } = this.#parts;
    const due: [string, Kept, Asked][] = [];
    for (const [algorithmId, kept] of values.all()) {
      if (!times.isGood(kept)) values.remove(algorithmId, kept.secretId);
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
    return this.#parts.reader.keep(algorithmId, secret, { value, ttl, at, backendVersion: version });
  }
}
