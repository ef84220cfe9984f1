import { defineConfig } from 'vitest/config';
import { everyRun } from './shared.ts';

/** Tests of the plugin host's client on a real JVM, with good, wrong and hostile plugins. */
export default defineConfig({
  ...everyRun,
  test: {
    ...everyRun.test,
    include: ['**/*.jvm.test.ts'],
    globalSetup: ['e2e/support/postgres.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
