// Remembers, per build step, the fingerprint of the sources it last ran on.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot, writeIfChanged } from './files.mjs';

const stampFile = join(projectRoot, 'dist', 'build.json');

/** @returns {Promise<Record<string, string>>} fingerprint by step; empty when nothing was built or the file is damaged */
async function readStamps() {
  try {
    const stamps = JSON.parse(await readFile(stampFile, 'utf8'));
    return typeof stamps === 'object' && stamps !== null ? stamps : {};
  } catch {
    return {};
  }
}

/**
 * @param {string} step
 * @returns {Promise<string | undefined>}
 */
export async function stampOf(step) {
  return (await readStamps())[step];
}

/**
 * @param {string} step
 * @param {string | undefined} fingerprint none takes the stamp away, so that a step cut short runs again
 */
export async function setStamp(step, fingerprint) {
  const stamps = await readStamps();
  if (fingerprint === undefined) delete stamps[step];
  else stamps[step] = fingerprint;
  await writeIfChanged(stampFile, `${JSON.stringify(stamps, null, 2)}\n`);
}
