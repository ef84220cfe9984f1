import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestCluster, until, type Secret, type TestWorker } from './testing/cluster';
import { operatorOf, type TestOperator } from './testing/operator';

// Each agent and each start is a process or two.
vi.setConfig({ testTimeout: 180_000 });

let cluster: TestCluster;
let operator: TestOperator;
let worker: TestWorker;
const algorithms: { id: string; name: string; secrets: Secret[] }[] = [];
const perAlgorithm = 50;

beforeAll(async () => {
  cluster = await TestCluster.create();
  operator = await operatorOf(cluster);
  worker = await cluster.readyWorker();
  for (let index = 0; index < 5; index++) {
    const name = `Algorithm${index}`;
    const id = await cluster.algorithm('alice', name);
    const secrets: Secret[] = [];
    for (let key = 0; key < perAlgorithm; key++) secrets.push(await cluster.secret(id, `KEY_${key}`, valueOf(index, key)));
    algorithms.push({ id, name, secrets });
  }
}, 120_000);

afterAll(async () => {
  await cluster.close();
});

beforeEach(async () => {
  await until(async () => (await worker.status())?.connected, 'connected');
});

const valueOf = (algorithm: number, key: number) => `value-${algorithm}-${key}`;

async function left(): Promise<number> {
  return (await operator.pool()).left;
}

async function rotated(): Promise<number> {
  const before = (await operator.pool()).epochs.at(-1)?.epoch ?? 0;
  await operator.rotate();
  await until(async () => (await operator.pool()).epochs.at(-1)?.epoch === before + 1, 'the next epoch', 60_000);
  return before + 1;
}

async function rowOf(versionId: string): Promise<{ epoch: number; envelope: Buffer }> {
  const { rows } = await cluster.db.query<{ epoch: number; envelope: Buffer }>('SELECT pool_epoch AS epoch, envelope FROM sealed_values WHERE version_id = $1', [versionId]);
  if (!rows[0]) throw new Error('no such version');
  return rows[0];
}

const put = (versionId: string, { epoch, envelope }: { epoch: number; envelope: Buffer }) =>
  cluster.db.query('UPDATE sealed_values SET pool_epoch = $2, envelope = $3 WHERE version_id = $1', [versionId, epoch, envelope]);

/** Checks every value of an algorithm. */
async function check(index: number, by = worker): Promise<void> {
  const env = await by.environment(`alice/Algorithm${index}`);
  for (let key = 0; key < perAlgorithm; key++) expect(env[`KEY_${key}`]).toBe(valueOf(index, key));
}

describe('sealing again', () => {
  test('250 values, with superseded and removed ones, while algorithms start all the time: no start fails', async () => {
    const other = await cluster.readyWorker();
    const extra = await cluster.algorithm('alice', 'Extra');
    const superseded = await cluster.secret(extra, 'TWICE', 'one');
    await cluster.update(extra, 'TWICE', superseded, 'two');
    const removed = await cluster.secret(extra, 'GONE', 'gone');
    await cluster.remove(extra, removed);
    for (let index = 0; index < 5; index++) await check(index);

    let ended = false;
    let starts = 0;
    const starting = Promise.all([worker, other].map(async (by) => {
      for (let index = 0; !ended; index = (index + 1) % 5, starts++) await check(index, by);
    }));
    try {
      const epoch = await rotated();
      await until(async () => (await left()) === 0, 'all sealed to the newest key', 60_000);
      for (const { versionId } of [superseded, removed]) expect((await rowOf(versionId)).epoch).toBe(epoch);
    } finally {
      ended = true;
    }
    await starting;
    expect(starts).toBeGreaterThan(3);
    for (let index = 0; index < 5; index++) await check(index);
    expect((await worker.environment('alice/Extra'))['TWICE']).toBe('two');
    const events = await cluster.events('pool.reseal');
    expect(events.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(events.reduce((sum, { details }) => sum + Number(details['values']), 0)).toBe(253);
    await other.stop();
  });

  test('goes on after the worker was killed in the middle of it', async () => {
    // The last value cannot be written, so the work stands still before it is done.
    const lock = await cluster.db.connect();
    await lock.query('BEGIN');
    await lock.query('SELECT 1 FROM sealed_values ORDER BY version_id DESC LIMIT 1 FOR UPDATE');
    await rotated();
    await until(async () => (await left()) <= 150, 'under way', 60_000);
    await worker.stop('SIGKILL');
    const rest = await left();
    expect(rest).toBeGreaterThan(0);
    await lock.query('ROLLBACK');
    lock.release();
    worker.start();
    await until(async () => (await left()) === 0, 'all sealed to the newest key', 60_000);
    await check(4);
    const status = await until(async () => {
      const found = (await worker.status())?.reseal;
      return found && !found.active ? found : undefined;
    }, 'the agent says that it is done');
    expect(status.left).toBe(0);
    expect((await worker.cli(['agent', 'status'])).stdout).toMatch(/Sealing again\s+to pool epoch \d+: nothing under way, \d+ done by this agent\n/);
  });

  test('leaves a record that was altered as it is, reports it once, and seals all others', async () => {
    const versionId = algorithms[3]?.secrets[4]?.versionId ?? '';
    const good = await rowOf(versionId);
    const envelope = Buffer.from(good.envelope);
    envelope[60] = (envelope[60] ?? 0) ^ 1;
    await put(versionId, { ...good, envelope });
    await rotated();
    await until(async () => (await left()) === 1, 'all but one', 60_000);
    const status = await until(async () => {
      const found = (await worker.status())?.reseal;
      return found?.left === 1 && !found.active ? found : undefined;
    }, 'the agent says so');
    expect(status).toMatchObject({ left: 1 });
    expect((await worker.cli(['agent', 'status'])).stdout).toContain('1 left as they are because they do not open');
    await cluster.db.query(`SELECT pg_notify('secret_store_changes', '{"workers":true}')`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const refused = (await cluster.events('pool.reseal')).filter(({ outcome }) => outcome === 'refused');
    expect(refused).toMatchObject([{ details: { key: 'KEY_4', cause: 'signature' } }]);
    expect((await rowOf(versionId)).envelope).toEqual(envelope);

    await put(versionId, good);
    await worker.stop();
    worker.start();
    await until(async () => (await left()) === 0, 'put right again, it is sealed too', 60_000);
  });
});

describe('a version that was sealed again', () => {
  test('is not replaced by itself as it was sealed for the older key', async () => {
    const { secrets, name } = algorithms[1] ?? { secrets: [], name: '' };
    const versionId = secrets[0]?.versionId ?? '';
    await check(1);
    const old = await rowOf(versionId);
    await rotated();
    await until(async () => (await left()) === 0, 'all sealed to the newest key', 60_000);
    await check(1);
    const fresh = await rowOf(versionId);
    // Nothing else seals it again meanwhile.
    await cluster.db.query(`UPDATE workers SET state = 'revoked' WHERE state = 'approved' AND id <> $1`, [(await worker.status())?.workerId]);
    await put(versionId, old);
    const ended = await worker.cli(['run', `alice/${name}`, '--', 'echo', 'started']);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toMatch(/KEY_0: its seal for pool epoch \d+ was put in the place of that for epoch \d+/);
    await put(versionId, fresh);
    await check(1);
  });

  test('is not taken with another value than this worker has seen, although the server signed it', async () => {
    const [{ id, secrets, name }] = algorithms.slice(2) as [(typeof algorithms)[number]];
    await check(2);
    const { epoch, key } = await cluster.pool();
    const secret = secrets[0] as Secret;
    const good = await rowOf(secret.versionId);
    // As a worker that was taken over could send it when it seals again: the server signs what it cannot open.
    await put(secret.versionId, { epoch, envelope: cluster.seal(id, secret.id, 'KEY_0', 1, 'planted', key, cluster.keyring, epoch) });
    const ended = await worker.cli(['run', `alice/${name}`, '--', 'echo', 'started']);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toContain('a version never changes its value');
    expect(ended.stderr).not.toContain('planted');
    await put(secret.versionId, good);
    await check(2);
  });
});
