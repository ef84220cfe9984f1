import { PluginError } from '@/lib/plugins/host/plugin-error';
import type { Configurations } from './configurations';
import type { Hosts } from './hosts';
import type { PluginSecret } from './plugin-secret';
import { NotAvailable } from './trouble';
import type { Clock } from './value-times';
import type { Asked, Kept, Values } from './values';

/** What a plugin's backend answered, and when the question was sent by the steady clock. */
export interface ValueRead {
  value: string;
  ttl: number;
  at: number;
  backendVersion?: string | null;
}

export interface ReaderParts {
  configurations: Pick<Configurations, 'get'>;
  hosts: Pick<Hosts, 'reader' | 'isCurrent' | 'forget'>;
  values: Values;
}

/** Asks a plugin for a value, and keeps what it gives. */
export class ValueReader {
  readonly #parts: ReaderParts;
  readonly #clock: Clock;

  constructor(parts: ReaderParts, clock: Clock) {
    this.#parts = parts;
    this.#clock = clock;
  }

  /** Throws PluginError, NotAvailable or Tampered. */
  async fetch(algorithmId: string, secret: PluginSecret): Promise<Kept> {
    const { configurations, hosts } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      const runnable = await configurations.get(secret.providerId, secret.revision);
      const reader = await hosts.reader(runnable);
      try {
        const at = this.#clock.steady();
        const { value, ttl } = await reader.getSecret(secret.providerKey);
        return this.keep(algorithmId, secret, { value, ttl, at });
      } catch (error) {
        if (!(error instanceof PluginError) || attempt > 1) throw error;
        // Its module's file was changed, or it was replaced at this very moment.
        if (error.kind === 'module') hosts.forget(secret.providerId);
        else if (error.kind !== 'unavailable' || (await hosts.isCurrent(secret.providerId, reader))) throw error;
      }
    }
  }

  /** Throws NotAvailable for a value that no environment variable can hold. */
  keep(algorithmId: string, secret: PluginSecret, read: ValueRead): Kept {
    const { value, ttl, at } = read;
    if (value.includes('\0')) throw new NotAvailable('its value has a NUL, which no environment variable can hold');
    const { variable, version, providerId, providerKey, revision } = secret;
    const asked: Asked = { variable, version, providerId, providerKey, revision, at, checkedAt: at, ttl, ...(read.backendVersion === undefined ? {} : { backendVersion: read.backendVersion }) };
    const now = this.#clock.steady();
    const kept: Kept = { secretId: secret.secretId, value, goodAt: this.#clock.wall(), goodSteady: now, asked, lastUsed: now };
    this.#parts.values.put(algorithmId, kept);
    return kept;
  }
}
