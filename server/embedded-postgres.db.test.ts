import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { queryDatabase } from '@/e2e/support/database';
import { findEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres';

let dataDir: string;
let cluster: string;
const started: EmbeddedPostgres[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-postgres-'));
  cluster = path.join(dataDir, 'postgres');
});

afterEach(async () => {
  for (const postgres of started.splice(0)) await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir: folder, durable: false });
  started.push(postgres);
  return postgres;
}

const keep = (postgres: EmbeddedPostgres) => queryDatabase(postgres.settings, 'CREATE TABLE kept AS SELECT 42 AS answer');
const kept = (postgres: EmbeddedPostgres) => queryDatabase(postgres.settings, 'SELECT answer FROM kept');

describe('the embedded PostgreSQL', () => {
  test('is made in a folder closed to others and listens on a socket there, on no port', async () => {
    const { settings } = await start();
    expect(statSync(cluster).mode & 0o777).toBe(0o700);
    expect(await queryDatabase(settings, `SELECT current_setting('listen_addresses') AS listens, current_setting('server_encoding') AS encoding`)).toEqual([
      { listens: '', encoding: 'UTF8' },
    ]);
    expect(await findEmbeddedPostgres(dataDir)).toEqual(settings);
  });

  test('keeps its data over a clean stop', async () => {
    const first = await start();
    await keep(first);
    await first.stop();
    expect(existsSync(path.join(cluster, 'postmaster.pid'))).toBe(false);
    expect(await kept(await start())).toEqual([{ answer: 42 }]);
  });

  test('that was killed starts again', async () => {
    const first = await start();
    await keep(first);
    await queryDatabase(first.settings, 'CHECKPOINT');
    first.process.kill('SIGKILL');
    expect(await kept(await start())).toEqual([{ answer: 42 }]);
  });

  test('that lives on after its supervisor is ended by the next start, which takes over', async () => {
    const first = await start();
    await keep(first);
    const second = await start();
    expect(second.process.pid).not.toBe(first.process.pid);
    expect(await kept(second)).toEqual([{ answer: 42 }]);
  });

  test('starts although its pid file names a process that is another program now', async () => {
    const first = await start();
    await keep(first);
    const pidFile = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8');
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    try {
      writeFileSync(path.join(cluster, 'postmaster.pid'), pidFile.replace(/^\d+/, String(stranger.pid)));
      expect(await kept(await start())).toEqual([{ answer: 42 }]);
      expect(stranger.exitCode).toBeNull();
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  test('is made anew when making it was interrupted', async () => {
    const unfinished = `${cluster}.unfinished`;
    mkdirSync(path.join(unfinished, 'base'), { recursive: true });
    writeFileSync(path.join(unfinished, 'PG_VERSION'), '18\n');
    await keep(await start());
    expect(existsSync(unfinished)).toBe(false);
  });

  test('never touches a folder that holds something else', async () => {
    mkdirSync(cluster);
    writeFileSync(path.join(cluster, 'thesis.txt'), 'my only copy');
    await expect(start()).rejects.toThrow(/holds files that are not a database/);
    expect(readdirSync(cluster)).toEqual(['thesis.txt']);
  });

  test('of another major version is refused, and left as it is', async () => {
    mkdirSync(cluster);
    writeFileSync(path.join(cluster, 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toThrow(/made by PostgreSQL 15/);
    expect(readdirSync(cluster)).toEqual(['PG_VERSION']);
  });

  test('works below a path that is too long for a socket', async () => {
    const deep = path.join(dataDir, 'a'.repeat(60), 'b'.repeat(60));
    mkdirSync(deep, { recursive: true });
    const { settings } = await start(deep);
    expect(settings.host.length).toBeLessThan(90);
    expect(statSync(settings.host).mode & 0o777).toBe(0o700);
    expect(await queryDatabase(settings, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await findEmbeddedPostgres(deep)).toEqual(settings);
  });

  test('works below a path with blanks, quotes and letters of other scripts', async () => {
    const strange = path.join(dataDir, `it's "ours", für ユーザー`);
    mkdirSync(strange);
    const { settings } = await start(strange);
    expect(await queryDatabase(settings, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('works in a folder that only its owner can get to', async () => {
    const closed = path.join(dataDir, 'closed');
    mkdirSync(path.join(closed, 'data'), { recursive: true });
    chmodSync(closed, 0o700);
    const { settings } = await start(path.join(closed, 'data'));
    expect(await queryDatabase(settings, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
