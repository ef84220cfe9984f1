import { describe, expect, it } from 'vitest';
import { describeValue, generateValue, textOf, valueFacts } from './value-text';

describe('a value as it is typed', () => {
  it.each([
    ['', 'Empty', 0],
    ['a', '1 line, no line break at the end', 1],
    ['a\n', '1 line, ends with a line break', 2],
    ['a\nb', '2 lines, no line break at the end', 3],
    ['a\r\nb\r\n', '2 lines, ends with a line break', 6],
    ['\n', '1 line, ends with a line break', 1],
    ['é€😀', '1 line, no line break at the end', 9],
  ])('%j is described as "%s" with %i bytes', (value, words, bytes) => {
    const facts = valueFacts(value);
    expect(describeValue(facts)).toBe(words);
    expect(facts.bytes).toBe(bytes);
  });
});

describe('a generated value', () => {
  it('has 32 letters and digits and is never the same', () => {
    const values = Array.from({ length: 50 }, () => generateValue());
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(new Set(values).size).toBe(50);
  });
});

describe('a value from a file', () => {
  const bytes = (...values: number[]) => new Uint8Array(values).buffer;

  it('keeps its byte order mark and its Windows line breaks', () => {
    expect(textOf(bytes(0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a))).toBe('\ufeffa\r\n');
  });

  it('is refused when it is not UTF-8', () => {
    expect(textOf(bytes(0xff, 0xfe))).toBeUndefined();
  });
});
