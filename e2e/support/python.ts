import { execFile } from 'node:child_process';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@/server/root';

const run = promisify(execFile);
const cache = path.join(projectRoot, 'node_modules/.cache/secret-store-tests/python');

/**
 * A folder with a package from PyPI and what it needs, apart from every other one; installed at the first run.
 * @param requirement such as `algorithmia==2.0.5`
 */
export async function pythonPackage(requirement: string): Promise<string> {
  const folder = path.join(cache, requirement);
  if (await stat(folder).catch(() => undefined)) return folder;
  const fresh = `${folder}.${process.pid}`;
  await mkdir(cache, { recursive: true });
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--root-user-action=ignore', '--target', fresh, requirement], { timeout: 120_000 });
    await rename(fresh, folder).catch(async (error: unknown) => {
      if (!(await stat(folder).catch(() => undefined))) throw error;
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n').findLast((line) => line.trim() !== '') ?? '') : '';
    throw new Error(`This test needs Python 3 with pip and PyPI (on Debian: apt-get install python3-pip) to install ${requirement}: ${reason}`, { cause: error });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** Runs a script of e2e/python with one package and nothing else of the machine's; rejects with what it wrote when it fails. */
export async function runPython(script: string, requirement: string, settings: Record<string, string>): Promise<string> {
  const file = path.join(projectRoot, 'e2e/python', script);
  const env: NodeJS.ProcessEnv = { NODE_ENV: 'test', PATH: process.env.PATH ?? '', HOME: cache, PYTHONPATH: await pythonPackage(requirement), PYTHONNOUSERSITE: '1', PYTHONDONTWRITEBYTECODE: '1', ...settings };
  try {
    return (await run('python3', ['-W', 'error::ResourceWarning', file], { env, timeout: 60_000 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${script} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}
