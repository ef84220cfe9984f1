/** From this failure in a row on, calls are refused for a time. */
const OPENS_AT = 3;
const SECOND_TRY_MS = 250;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Counts the times in a row that a host failed: it did not start, or was ended. The next start comes at once, then after a
 * quarter of a second, then after pauses that double, up to a minute; in those, calls fail at once with the reason.
 */
export class Breaker {
  private failures = 0;
  private until = 0;
  private lastReason = '';

  /** @param now milliseconds on any clock that does not jump */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A call was answered: the host is well. */
  succeeded(): void {
    if (this.failures > 0) this.reset();
  }

  reset(): void {
    this.failures = 0;
    this.until = 0;
  }

  failed(reason: string): void {
    this.failures++;
    this.lastReason = reason;
    this.until = this.now() + this.pause();
  }

  private pause(): number {
    if (this.failures < OPENS_AT) return (this.failures - 1) * SECOND_TRY_MS;
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - OPENS_AT));
  }

  /** How long to wait until a start, in milliseconds. */
  get wait(): number {
    return Math.max(0, this.until - this.now());
  }

  /** Why calls are refused now and for how long still; undefined when they are not. */
  get open(): { reason: string; failures: number; waitMs: number } | undefined {
    return this.failures >= OPENS_AT && this.wait > 0 ? { reason: this.lastReason, failures: this.failures, waitMs: this.wait } : undefined;
  }
}
