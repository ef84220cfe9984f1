// Finds a Chromium that works, and installs one where that is possible.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Ubuntu has a program of that name that only says to install a snap: so it has to tell its version. */
function works(file) {
  try {
    accessSync(file, constants.X_OK);
    return /Chrom/.test(execFileSync(file, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 }));
  } catch {
    return false;
  }
}

/** @returns {Promise<string | undefined>} a path */
export async function findChromium() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const name of names) {
    const found = folders.map((folder) => path.join(folder, name)).find(works);
    if (found) return found;
  }
  const { chromium } = await import('playwright');
  const own = chromium.executablePath();
  return works(own) ? own : undefined;
}

function run(command, args) {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;
}

/** Finds Chromium or installs it: with apt as root, else with Playwright's own installer. Throws one line when neither works. */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  console.log('Chromium is not here; installing it');
  if (process.getuid?.() === 0 && run('apt-get', ['update', '-q'])) run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium']);
  else run('npx', ['--no-install', 'playwright', 'install', 'chromium']);
  const installed = await findChromium();
  if (installed) return installed;
  throw new Error('The end-to-end tests need Chromium: install it (on Debian: sudo apt-get install chromium) and run npm test again.');
}
