const first = 100;
const longest = 4_000;
/** A part that ran for this long was well: its next end is a new story. */
const stableAfter = 20_000;

/** How long to wait before a part is started again, in milliseconds: at once at first, longer while it keeps ending. */
export class Backoff {
  private failures = 0;

  /** @param ranFor how long the part had run, in milliseconds */
  next(ranFor: number): number {
    if (ranFor >= stableAfter) this.failures = 0;
    return Math.min(longest, first * 2 ** this.failures++);
  }

  /** How many ends in a row, none of them after a stable time. */
  get count(): number {
    return this.failures;
  }
}
