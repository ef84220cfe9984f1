import { describe, expect, test } from 'vitest';
import { isListenAddress, reachedAt } from './listen-address';

describe('an address to listen on', () => {
  test.each(['127.0.0.1', '10.0.0.7', '0.0.0.0', '::', '::1', 'fe80::1'])('may be %s', (text) => expect(isListenAddress(text)).toBe(true));
  test.each(['localhost', '10.0.0', '[::1]', '127.0.0.1:3000', '*', ' '])('is not "%s"', (text) => expect(isListenAddress(text)).toBe(false));

  test.each([
    [undefined, 'http://127.0.0.1:3001'],
    ['0.0.0.0', 'http://127.0.0.1:3001'],
    ['::', 'http://127.0.0.1:3001'],
    ['10.0.0.7', 'http://10.0.0.7:3001'],
    ['::1', 'http://[::1]:3001'],
  ])('%s is reached at %s', (host, url) => expect(reachedAt(host, 3001)).toBe(url));
});
