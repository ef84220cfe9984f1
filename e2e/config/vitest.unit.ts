import { defineConfig } from 'vitest/config';
import { everyRun } from './shared.ts';

/** Tests of single modules: no server, no database. */
export default defineConfig({
  ...everyRun,
  test: {
    ...everyRun.test,
    include: ['**/*.test.{ts,tsx}'],
    exclude: [...everyRun.test.exclude, '**/*.db.test.ts', '**/*.jvm.test.ts', 'e2e/process/**'],
    testTimeout: 60_000,
  },
});
