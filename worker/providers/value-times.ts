import type { PluginSecret } from './plugin-secret';
import type { Kept } from './values';

/** Times by which values are judged, in milliseconds. */
export interface Clock {
  /** Since 1970. */
  wall(): number;
  /** By a clock that nobody sets. */
  steady(): number;
}

export const systemClock: Clock = { wall: () => Date.now(), steady: () => performance.now() };

/** How long a value may be given out. */
export class ValueTimes {
  readonly #clock: Clock;
  readonly #versionPollMs: number;
  readonly #lastGoodMs: number;

  constructor(clock: Clock, versionPollMs: number, lastGoodMs: number) {
    this.#clock = clock;
    this.#versionPollMs = versionPollMs;
    this.#lastGoodMs = lastGoodMs;
  }

  /** Whether it is this secret's, asked of what its provider runs now, and nothing says that its backend has another one by now. */
  isFresh({ asked }: Kept, secret: PluginSecret): boolean {
    if (!asked || asked.version !== secret.version || asked.providerId !== secret.providerId || asked.providerKey !== secret.providerKey || asked.revision !== secret.revision) return false;
    const now = this.#clock.steady();
    if (asked.ttl > 0 && now - asked.at >= asked.ttl * 1_000) return false;
    // Polls have confirmed it lately: else its backend may have another one by now.
    return now - asked.checkedAt <= this.#versionPollMs * 1.5;
  }

  /** How old a value is that nobody confirms: by the clock that shows more, since one of them may have been set. */
  #age({ goodAt, goodSteady }: Kept): number {
    return Math.max(this.#clock.wall() - goodAt, goodSteady === undefined ? 0 : this.#clock.steady() - goodSteady);
  }

  /** Whether it may be given out while its backend fails. */
  isGood(kept: Kept): boolean {
    return this.#age(kept) <= this.#lastGoodMs;
  }
}
