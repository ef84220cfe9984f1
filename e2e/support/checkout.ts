import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@/server/root';

const run = promisify(execFile);
const leftOut = ['.git', '.next', 'data', 'node_modules', 'test-results', 'playwright-report'];
const pagesLeftOut = ['.next/cache', '.next/dev'].map((name) => path.join(projectRoot, name));

/**
 * Copies what belongs to a checkout after `npm ci` and a build to a new folder, without anything that a run has left behind.
 * Packages may be the same files under another name: nothing writes to them.
 */
export async function copyCheckout(folder: string): Promise<void> {
  await mkdir(folder);
  for (const name of await readdir(projectRoot)) {
    if (!leftOut.includes(name)) await cp(path.join(projectRoot, name), path.join(folder, name), { recursive: true });
  }
  await cp(path.join(projectRoot, '.next'), path.join(folder, '.next'), { recursive: true, filter: (file) => !pagesLeftOut.includes(file) });
  const packages = path.join(folder, 'node_modules');
  await run('cp', ['-al', path.join(projectRoot, 'node_modules'), packages]).catch(async () => {
    // On another disk.
    await rm(packages, { recursive: true, force: true });
    await run('cp', ['-a', path.join(projectRoot, 'node_modules'), packages]);
  });
  await rm(path.join(packages, '.cache'), { recursive: true, force: true });
}
