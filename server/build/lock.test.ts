import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '@/server/root';
import { lockHolder, takeLock } from './lock.mjs';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that takes the lock, says what it got, and stays until its input ends. */
function taker() {
  const script = `
    import { takeLock } from ${JSON.stringify(path.join(projectRoot, 'server/build/lock.mjs'))};
    const got = await takeLock(process.argv[1], 'test');
    console.log('release' in got ? 'taken' : 'held by ' + got.heldBy);
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return { child, said, gone };
}

describe('a lock', () => {
  test('is held by one at a time, and names its holder', async () => {
    const lock = await takeLock(file, 'server');
    expect(await takeLock(file, 'server')).toEqual({ heldBy: process.pid, purpose: 'server' });
    expect(await lockHolder(file)).toEqual({ pid: process.pid, purpose: 'server' });
    if ('release' in lock) await lock.release();
    expect(await lockHolder(file)).toBeUndefined();
    expect('release' in (await takeLock(file, 'server'))).toBe(true);
  });

  test('of a process that was killed is free', async () => {
    const { child, said, gone } = taker();
    expect(await said).toBe('taken');
    expect(await lockHolder(file)).toMatchObject({ pid: child.pid });
    child.kill('SIGKILL');
    await gone;
    expect('release' in (await takeLock(file, 'server'))).toBe(true);
  });

  test('of a process whose id has been given to another since is free', async () => {
    await takeLock(file, 'server');
    const owner = JSON.parse(readFileSync(file, 'utf8')) as { started: string };
    writeFileSync(file, JSON.stringify({ ...owner, started: String(Number(owner.started) - 1) }));
    expect(await lockHolder(file)).toBeUndefined();
    expect('release' in (await takeLock(file, 'server'))).toBe(true);
  });

  test.each(['', '{', 'null', '{"pid":"x"}'])('whose file is damaged (%j) is free', async (content) => {
    writeFileSync(file, content);
    expect('release' in (await takeLock(file, 'server'))).toBe(true);
  });

  test('left stale is taken by exactly one of many that start at once', async () => {
    writeFileSync(file, JSON.stringify({ pid: 1, started: '0', boot: 'another' }));
    const takers = Array.from({ length: 6 }, taker);
    const answers = await Promise.all(takers.map(({ said }) => said));
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
    for (const { child } of takers) child.stdin.end();
    await Promise.all(takers.map(({ gone }) => gone));
    expect(readdirSync(folder).filter((name) => name !== 'lock')).toEqual([]);
  });
});
