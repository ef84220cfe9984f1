import { afterEach, beforeEach, expect, vi } from 'vitest';

/** A test fails when something writes an error or a warning to the console that it did not expect (it then spies itself). */
beforeEach(() => {
  vi.spyOn(console, 'error');
  vi.spyOn(console, 'warn');
});

afterEach(() => {
  const written = [console.error, console.warn].flatMap((method) => (vi.isMockFunction(method) ? method.mock.calls : []));
  vi.restoreAllMocks();
  expect(written, 'unexpected console output').toEqual([]);
});
