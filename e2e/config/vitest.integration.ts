import { defineConfig } from 'vitest/config';
import { everyRun } from './shared.ts';

/** Tests on a real PostgreSQL, started once for the whole run. */
export default defineConfig({
  ...everyRun,
  test: {
    ...everyRun.test,
    include: ['**/*.db.test.ts'],
    globalSetup: ['e2e/support/postgres.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
