import { describe, expect, test } from 'vitest';
import type { HalfHour } from '@/lib/schemas/provider';
import { healthDay, spanOf } from './health-day';

const half = (good = 0, slow = 0, failed = 0): HalfHour => ({ at: '2026-05-12T14:30:00Z', good, slow, failed });
const quiet = Array.from({ length: 47 }, () => half());

describe('a day of a provider', () => {
  test('without calls is said to be that, and not to be good', () => {
    expect(healthDay([...quiet, half()])).toMatchObject({ calls: 0, words: 'No calls in the last 24 hours' });
  });

  test.each<[HalfHour, string]>([
    [half(5), 'good'], [half(5, 1), 'good'], [half(1, 1), 'slow'], [half(999, 0, 1), 'slow'], [half(1, 0, 1), 'failing'], [half(0, 0, 3), 'failing'],
  ])('%j is shown as %s', (each, mark) => {
    expect(healthDay([each]).marks).toEqual([mark]);
  });

  test('is said in words, and a share is never rounded up to all', () => {
    expect(healthDay([...quiet, half(99_999, 0, 1)])).toMatchObject({ share: '99.99 %', words: 'Last 24 hours: 99.99 % of 100,000 calls succeeded, 1 half hour with slow or failed calls' });
    expect(healthDay([half(3), half(0, 0, 1)]).words).toBe('Last 24 hours: 75.00 % of 4 calls succeeded, 1 half hour in which most calls failed, the last one is one of these');
    expect(healthDay([half(1)]).words).toBe('Last 24 hours: 100 % of 1 call succeeded');
  });

  test.each([[2, '2 ms'], [999, '999 ms'], [1_200, '1.2 s'], [92_000, '92 s']])('%i milliseconds are said as %s', (milliseconds, said) => {
    expect(spanOf(milliseconds)).toBe(said);
  });
});
