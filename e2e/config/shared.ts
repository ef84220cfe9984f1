import { fileURLToPath } from 'node:url';
import { oneTempFolder } from '../support/temp-folder.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

oneTempFolder();

/** What both Vitest runs have in common. */
export const everyRun = {
  root,
  resolve: { alias: { '@': root.replace(/\/$/, '') } },
  test: {
    // Test output says what is guaranteed; the canary tests look at the log themselves.
    env: { SECRET_STORE_LOG_LEVEL: 'silent' },
    // Forked processes: native modules, and PostgreSQL's tie to the process that started it.
    pool: 'forks' as const,
    maxWorkers: 2,
    exclude: ['node_modules/**', 'dist/**', '.next/**', 'data/**', 'e2e/journeys/**'],
    setupFiles: ['e2e/support/no-console-errors.ts'],
  },
};
