// Reading the source tree: what belongs to a step, and whether it changed since that step ran last.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const notSources = new Set(['node_modules', 'generated', '.next', 'dist', 'data', '.git']);
const isTest = /\.(test|spec|db\.test)\.[a-z]+$/;

/**
 * @param {string} path absolute
 * @returns {Promise<boolean>}
 */
export async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * All files below a folder, in a stable order; a missing folder has none.
 * @param {string} folder absolute
 * @returns {Promise<string[]>} absolute paths
 */
export async function filesBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!notSources.has(entry.name)) found.push(...(await filesBelow(path)));
    } else if (entry.isFile() && !isTest.test(entry.name)) {
      found.push(path);
    }
  }
  return found;
}

/**
 * SHA-256 over names and contents of files and folders, given relative to the project.
 * @param {string[]} parts
 * @returns {Promise<string>} hex
 */
export async function fingerprint(parts) {
  const hash = createHash('sha256');
  for (const part of parts) {
    const path = join(projectRoot, part);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) continue;
    const files = info.isDirectory() ? await filesBelow(path) : [path];
    for (const file of files) {
      const content = await readFile(file);
      hash.update(`${relative(projectRoot, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/**
 * Writes a file only when its content changes, whole or not at all.
 * @param {string} path absolute
 * @param {string} content
 * @returns {Promise<boolean>} whether it was written
 */
export async function writeIfChanged(path, content) {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === content) return false;
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, content);
  await rename(draft, path);
  return true;
}
