import { expect, test } from 'vitest';
import { Breaker } from './breaker';

test('the first failure costs nothing, the second a moment, the third a pause that doubles up to a minute', () => {
  let now = 0;
  const breaker = new Breaker(() => now);
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    breaker.failed(`failure ${i}`);
    waits.push(breaker.wait);
    now += breaker.wait;
  }
  expect(waits).toEqual([0, 250, 5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
});

test('it is open only in the pause, and says what the last failure was', () => {
  let now = 0;
  const breaker = new Breaker(() => now);
  breaker.failed('one');
  breaker.failed('two');
  expect(breaker.open).toBeUndefined();
  breaker.failed('three');
  expect(breaker.open).toEqual({ reason: 'three', failures: 3, waitMs: 5_000 });
  now = 5_000;
  expect(breaker.open).toBeUndefined();
});

test('an answer closes it', () => {
  const breaker = new Breaker(() => 0);
  for (let i = 0; i < 5; i++) breaker.failed('again');
  breaker.succeeded();
  expect(breaker.open).toBeUndefined();
  breaker.failed('once');
  expect(breaker.wait).toBe(0);
});
