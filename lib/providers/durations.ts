// How long calls took, as counts of classes: four to each doubling, so that a quantile is right to a tenth. Counts of
// servers and half hours add up, which no average of quantiles would.

/** Past the last one are 4 minutes and more, longer than any call may take by default. */
const classes = 72;

/** The class of a call that took so many milliseconds. */
export function durationClass(milliseconds: number): number {
  return Math.min(classes - 1, Math.max(0, Math.ceil(4 * Math.log2(Math.max(1, milliseconds)))));
}

/** Adds what was counted apart. */
export function addCounts(counts: readonly number[], more: readonly number[]): number[] {
  return Array.from({ length: Math.max(counts.length, more.length) }, (_, at) => (counts[at] ?? 0) + (more[at] ?? 0));
}

/** The time, in milliseconds, that the share `quantile` of the calls took at most; undefined without calls. */
export function quantileOf(counts: readonly number[], quantile: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let seen = 0;
  const found = counts.findIndex((count) => (seen += count) >= quantile * total);
  // The middle of the class, with the two digits that it is good for.
  return Number((2 ** ((found - 0.5) / 4)).toPrecision(2));
}
