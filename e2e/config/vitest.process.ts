import { defineConfig } from 'vitest/config';
import { everyRun } from './shared.ts';

/** Tests that start, kill and stop the whole product: one at a time, since they hold times to bounds. */
export default defineConfig({
  ...everyRun,
  test: {
    ...everyRun.test,
    include: ['e2e/process/**/*.test.ts'],
    globalSetup: ['e2e/support/build.ts'],
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 400_000,
  },
});
