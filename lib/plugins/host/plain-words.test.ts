import { expect, test } from 'vitest';
import { plainWords } from './plain-words';

test.each([
  ['one\r\n\ttwo', 'one two'],
  ['\u001b[2J\u001b]0;title\u0007gone', ' [2J ]0;title gone'],
  ['safe\u202egnirts\u2028x', 'safe gnirts x'],
  ['naïve 日本語 👩‍🔧', 'naïve 日本語 👩‍🔧'],
])('%j becomes %j', (said, shown) => {
  expect(plainWords(said)).toBe(shown);
});
