import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { readJoinToken } from '@/lib/workers/join-token';
import { TestCluster, until, type TestWorker } from './testing/cluster';
import { printRecoveryKey, readRecoveryKey } from './recovery-key';

let cluster: TestCluster;
let first: TestWorker;
let recoveryKey: string;

beforeAll(async () => {
  cluster = await TestCluster.create();
  first = await cluster.readyWorker();
  const id = await cluster.algorithm('alice', 'Shared');
  await cluster.secret(id, 'WORD', 'value-of-word');
});

afterAll(async () => {
  await cluster.close();
});

async function joined(): Promise<{ worker: TestWorker; id: string }> {
  const worker = await cluster.worker();
  worker.start(['--server', cluster.url, '--token', await cluster.token(), '--name', 'newcomer']);
  await worker.state('pending');
  return { worker, id: (await worker.status())?.workerId ?? '' };
}

describe('a worker', () => {
  test('that made the pool shows the recovery key once, and keeps it no longer', async () => {
    const shown = await first.cli(['agent', 'recovery-key']);
    expect(shown.code).toBe(0);
    recoveryKey = shown.stdout.trim();
    expect(readRecoveryKey(recoveryKey)).toHaveLength(32);
    expect((await first.cli(['agent', 'recovery-key'])).code).toBe(1);
    expect(await readFile(path.join(first.folder, 'pool.json'), 'utf8')).not.toContain(readRecoveryKey(recoveryKey)?.toString('base64url'));
  });

  test('keeps its keys in files and a folder for its user alone', async () => {
    const modes = await Promise.all(['', 'identity.json', 'pool.json', 'agent.sock', 'bundles'].map(async (name) => ((await stat(path.join(first.folder, name))).mode & 0o777).toString(8)));
    expect(modes).toEqual(['700', '600', '600', '600', '700']);
  });

  test('that nobody has approved starts nothing, and says what to do', async () => {
    const { worker, id } = await joined();
    const ended = await worker.cli(['run', 'alice/Shared', '--', 'echo', 'started']);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toContain('approves');
    const { stdout } = await worker.cli(['agent', 'fingerprint']);
    const { rows } = await cluster.db.query('SELECT fingerprint FROM workers WHERE id = $1', [id]);
    expect(stdout.trim()).toBe(rows[0].fingerprint);
    await worker.stop();
  });

  test('once approved gets the pool key from another worker, and starts algorithms', async () => {
    const { worker, id } = await joined();
    await cluster.approve(id);
    await worker.state('ready');
    expect((await worker.environment('alice/Shared'))['WORD']).toBe('value-of-word');
    expect(await cluster.events('pool.grant')).toMatchObject([{ outcome: 'done', actorKind: 'worker', details: { worker: id } }]);
    await worker.stop();
  });

  test('on an old database without a worker that has the key waits, until the recovery key lets it in', async () => {
    await first.stop();
    const fresh = await cluster.worker();
    fresh.start(['--server', cluster.url, '--token', await cluster.token({ autoApprove: true })]);
    await fresh.state('waiting');
    const refused = await fresh.cli(['run', 'alice/Shared', '--', 'echo', 'started']);
    expect(refused).toMatchObject({ code: 125, stdout: '' });
    expect(refused.stderr).toContain('agent recover');

    const wrong = await fresh.cli(['agent', 'recover'], { input: printRecoveryKey(Buffer.alloc(32, 5)) });
    expect(wrong).toMatchObject({ code: 1, stderr: 'secret-store: This recovery key is not that of this pool.\n' });
    const mistyped = await fresh.cli(['agent', 'recover'], { input: recoveryKey.replace(/.$/, (last) => (last === '0' ? '1' : '0')) });
    expect(mistyped.stderr).toContain('mistyped');

    expect((await fresh.cli(['agent', 'recover'], { input: recoveryKey.replaceAll('-', ' ').toUpperCase() })).code).toBe(0);
    await fresh.state('ready');
    expect((await fresh.environment('alice/Shared'))['WORD']).toBe('value-of-word');
    await fresh.stop();
    first.start();
    await first.state('ready');
  });

  test('that is revoked ends within a second, and keeps no bundle', async () => {
    const { worker, id } = await joined();
    await cluster.approve(id);
    await worker.state('ready');
    await worker.environment('alice/Shared');
    const since = performance.now();
    await cluster.revoke(id);
    const ended = await worker.cli(['run', 'alice/Shared', '--', 'echo', 'started']);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toContain('revoked');
    await worker.state('revoked');
    expect(performance.now() - since).toBeLessThan(slowed(2_000));
    expect((await worker.status())?.algorithms).toBe(0);
    await worker.stop();
    worker.start();
    await worker.state('revoked');
    await worker.stop();
  });

  test('with a damaged identity refuses to start, says what to do, and changes nothing', async () => {
    const { worker } = await joined();
    await worker.stop();
    const file = path.join(worker.folder, 'identity.json');
    await writeFile(file, '{"format":"secret-store-worker/1","na');
    const ended = await worker.cli(['agent']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('identity.json is damaged');
    expect(await readFile(file, 'utf8')).toBe('{"format":"secret-store-worker/1","na');
  });

  test('whose keys others could read refuses to start', async () => {
    const { worker } = await joined();
    await worker.stop();
    await chmod(path.join(worker.folder, 'identity.json'), 0o644);
    expect(await worker.cli(['agent'])).toMatchObject({ code: 1, stderr: expect.stringContaining('chmod 600') });
  });

  test('is one in its folder: a second agent says so and ends', async () => {
    expect(await first.cli(['agent'])).toMatchObject({ code: 1, stderr: expect.stringContaining('Another agent is running') });
  });

  test('that was killed starts again on what its death left', async () => {
    const { worker, id } = await joined();
    await worker.stop('SIGKILL');
    worker.start();
    await worker.state('pending');
    expect((await worker.status())?.workerId).toBe(id);
    await worker.stop();
  });

  test('of another installation is not taken over by a server that answers at the address', async () => {
    const other = await TestCluster.create();
    try {
      const { worker } = await joined();
      await worker.stop();
      worker.start(['--server', other.url]);
      await until(async () => (await worker.status())?.message.includes('Another installation'), 'says so');
      expect(await other.events('worker.join')).toEqual([]);
      await worker.stop();
    } finally {
      await other.close();
    }
  });
});

describe('a join token', () => {
  async function tryToken(token: string): Promise<string> {
    const worker = await cluster.worker();
    worker.start(['--server', cluster.url, '--token', token]);
    const status = await until(async () => {
      const found = await worker.status();
      return found && ['pending', 'ready', 'refused'].includes(found.state) ? found : undefined;
    }, 'an answer to the token');
    await worker.stop();
    await rm(worker.dataDir, { recursive: true });
    return `${status.state}: ${status.message}`;
  }

  test('works once', async () => {
    const token = await cluster.token();
    expect(await tryToken(token)).toMatch(/^pending/);
    expect(await tryToken(token)).toMatch(/^refused: .*used already/);
  });

  test('ends at its time', async () => {
    expect(await tryToken(await cluster.token({ minutes: -1 }))).toMatch(/^refused: .*expired/);
  });

  test('of another keyring is refused, and the refusal recorded', async () => {
    const token = await cluster.token();
    const forged = token.replace(/^join_/, 'local_');
    expect(readJoinToken(cluster.keyring, forged)).toBeNull();
    expect(await tryToken(forged)).toMatch(/^refused/);
    expect(await cluster.events('worker.join')).toContainEqual(expect.objectContaining({ outcome: 'refused', details: { cause: 'token not ours' } }));
  });
});
