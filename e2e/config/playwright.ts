import { defineConfig } from '@playwright/test';
import { findChromium } from '../run/chromium.mjs';
import { oneTempFolder } from '../support/temp-folder.mjs';

oneTempFolder();

const isRoot = process.getuid?.() === 0;
/** A browser that speaks to nobody but the product. */
const quiet = [
  '--headless=new',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-first-run',
  '--no-pings',
  '--disable-dev-shm-usage',
];

/** End-to-end tests: the product as `npm start` starts it, in Chromium. */
export default defineConfig({
  testDir: '..',
  testMatch: '**/*.spec.ts',
  outputDir: '../../test-results',
  globalSetup: '../support/global-setup.ts',
  // One product, one database: a file's tests stay in order, and two files at a time are what two cores carry.
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    // Set by the global set-up, which runs before the workers read this.
    baseURL: process.env.E2E_URL,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: await findChromium(),
      chromiumSandbox: !isRoot,
      args: isRoot ? [...quiet, '--no-sandbox'] : quiet,
    },
  },
  projects: [{ name: 'chromium' }],
});
