import { median } from './statistics';

/**
 * Measures several things in turns, A B C C B A A B C …, so that what else the machine does meets all of them alike, and so does
 * what the one before left behind.
 * @returns the values of each, a value a round
 */
export async function inTurns<Name extends string>(rounds: number, things: Record<Name, () => Promise<number>>): Promise<Record<Name, number[]>> {
  const names = Object.keys(things) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) for (const name of round % 2 === 0 ? names : names.toReversed()) values[name].push(await things[name]());
  return values;
}

/** The median of the rounds' own ratios: each round compares what ran side by side in time. */
export function ratio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}
