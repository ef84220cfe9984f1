import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '@/server/root';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
  /** From the call to the end, in milliseconds. */
  took: number;
}

/** Runs `secret-store run OWNER/NAME -- command…` on the worker of a data folder, and waits for its end. */
export function secretStoreRun(dataDir: string, algorithm: string, command: string[], env: Record<string, string> = {}): Promise<Ran> {
  const began = performance.now();
  const bin = path.join(projectRoot, 'node_modules/.bin/secret-store');
  const child = spawn(bin, ['run', algorithm, '--', ...command], { env: { ...process.env, SECRET_STORE_DATA_DIR: dataDir, ...env }, timeout: 20_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString('utf8')));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString('utf8')));
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr, took: performance.now() - began }));
  });
}
