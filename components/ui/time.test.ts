import { describe, expect, it } from 'vitest';
import { exactly, relatively } from './time';

const now = Date.parse('2026-05-12T14:50:00Z');

describe('a time that was', () => {
  it.each([
    ['2026-05-12T14:50:00Z', 'a few seconds ago'],
    ['2026-05-12T14:49:16Z', 'a few seconds ago'],
    ['2026-05-12T14:49:10Z', '1 minute ago'],
    ['2026-05-12T14:20:01Z', '29 minutes ago'],
    ['2026-05-12T12:49:00Z', '2 hours ago'],
    ['2026-05-11T14:00:00Z', '1 day ago'],
    ['2026-04-30T14:50:00Z', '12 days ago'],
    ['2026-02-10T14:50:00Z', '2 months ago'],
    ['2020-05-12T14:50:00Z', '5 years ago'],
  ])('%s is said as "%s"', (at, said) => {
    expect(relatively(at, now)).toBe(said);
  });

  it('is never said to lie in the future, though a clock may be ahead', () => {
    expect(relatively('2026-05-12T15:50:00Z', now)).toBe('a few seconds ago');
  });

  it('is exact to the second, in UTC, when asked', () => {
    expect(exactly('2021-03-11T20:42:23Z')).toBe('11 March 2021, 20:42:23 UTC');
  });
});
