import { execFile } from 'node:child_process';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@/server/root';

const run = promisify(execFile);
const cache = path.join(projectRoot, 'node_modules/.cache/secret-store-tests/node');

/** A Node of this exact version, from the npm registry; fetched at the first run. Returns the program's path. */
export async function nodeOfVersion(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = path.join(cache, version);
  const program = path.join(folder, 'node_modules', name, 'bin/node');
  if (await stat(program).catch(() => undefined)) return program;
  const fresh = `${folder}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  try {
    await run('npm', ['install', '--prefix', fresh, '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`], { timeout: 240_000 });
    await rename(fresh, folder).catch(async (error: unknown) => {
      if (!(await stat(program).catch(() => undefined))) throw error;
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n').findLast((line) => line.trim() !== '') ?? '') : '';
    throw new Error(`This test needs the npm registry, to fetch ${name}@${version}: ${reason}`, { cause: error });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return program;
}
