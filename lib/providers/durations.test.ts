import { describe, expect, test } from 'vitest';
import { addCounts, durationClass, quantileOf } from './durations';

function countsOf(milliseconds: number[]): number[] {
  const counts: number[] = [];
  for (const each of milliseconds) counts[durationClass(each)] = (counts[durationClass(each)] ?? 0) + 1;
  return addCounts(counts, []);
}

describe('the time that calls took', () => {
  test.each([1, 2, 3, 18, 74, 250, 999, 30_000, 90_000])('is right to a tenth: %i ms', (milliseconds) => {
    const said = quantileOf(countsOf([milliseconds]), 0.5) ?? 0;
    expect(Math.abs(said - milliseconds) / milliseconds).toBeLessThan(0.12);
  });

  test('half and nearly all of them, also when they were counted apart', () => {
    const counts = addCounts(countsOf(Array.from({ length: 98 }, () => 18)), countsOf([400, 400]));
    expect(quantileOf(counts, 0.5)).toBeCloseTo(18, -0.5);
    expect(quantileOf(counts, 0.99)).toBeGreaterThan(350);
  });

  test('is not known without calls, and bounded for the longest', () => {
    expect(quantileOf([], 0.5)).toBeUndefined();
    expect(quantileOf([0, 0], 0.5)).toBeUndefined();
    expect([durationClass(0), durationClass(-1), durationClass(1e12)]).toEqual([0, 0, 71]);
  });
});
