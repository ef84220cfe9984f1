import { expect, test as base } from '@playwright/test';

interface Fixtures {
  /**
   * What the console may say in this test; anything else of the kind error fails it. One pattern in brackets: Playwright
   * takes a second for options.
   */
  expectedConsoleErrors: RegExp[];
  noUnexpectedConsoleErrors: void;
}

/** Playwright's `test`, which fails when a page writes an error to the console or throws one that the test did not expect. */
export const test = base.extend<Fixtures>({
  expectedConsoleErrors: [[], { option: true }],
  noUnexpectedConsoleErrors: [
    async ({ context, expectedConsoleErrors }, use) => {
      const errors: string[] = [];
      const note = (text: string) => {
        if (!expectedConsoleErrors.some((pattern) => pattern.test(text))) errors.push(text);
      };
      context.on('console', (message) => {
        if (message.type() === 'error') note(`${message.text()} (${message.location().url})`);
      });
      context.on('weberror', (error) => note(error.error().message));
      await use();
      expect(errors, 'unexpected console errors').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
