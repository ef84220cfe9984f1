import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { printRecoveryKey, readRecoveryKey } from './recovery-key';

describe('the recovery key', () => {
  test('is nine groups of eight characters, read back however it was typed', () => {
    const seed = randomBytes(32);
    const printed = printRecoveryKey(seed);
    expect(printed).toMatch(/^([0-9a-f]{8}-){8}[0-9a-f]{8}$/);
    for (const typed of [printed, printed.toUpperCase(), ` ${printed.replaceAll('-', '  ')}\n`]) expect(readRecoveryKey(typed)).toEqual(seed);
  });

  test('with one character wrong, missing or swapped is refused', () => {
    const printed = printRecoveryKey(Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)));
    for (let at = 0; at < printed.length; at++) {
      if (printed[at] === '-') continue;
      const other = printed[at] === '0' ? '1' : '0';
      expect(readRecoveryKey(printed.slice(0, at) + other + printed.slice(at + 1))).toBeUndefined();
    }
    expect(readRecoveryKey(printed.slice(1))).toBeUndefined();
    expect(readRecoveryKey('')).toBeUndefined();
  });
});
