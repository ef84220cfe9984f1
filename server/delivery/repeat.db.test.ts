import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDelivery } from '@/server/delivery/listener';
import { callDelivery, enrolBare } from '@/worker/testing/bare-worker';
import { TestCluster, until, type Secret } from '@/worker/testing/cluster';
import { openStore } from './store';

/** Starts that are answered as the ones before, since nobody has changed anything: and every way in which somebody may have. */
let cluster: TestCluster;
let worker: { workerId: string; token: string };
let algorithm: { id: string; name: string; secret: Secret };
let count = 0;

beforeAll(async () => {
  cluster = await TestCluster.create();
  await (await cluster.readyWorker()).stop();
  worker = await enrolBare(cluster);
});

beforeEach(async () => {
  const name = `Repeated${count++}`;
  const id = await cluster.algorithm('bob', name);
  algorithm = { id, name, secret: await cluster.secret(id, 'KEY', 'value') };
});

afterAll(async () => {
  await cluster.close();
});

const start = (token = worker.token, more: object = {}) => callDelivery(cluster.url, 'POST', 'starts', { token, body: { owner: 'bob', name: algorithm.name, ...more } });
const repeated = () => cluster.delivery?.starts.counts.repeated ?? 0;
const eventsOf = async (id: string) => (await cluster.db.query<Record<string, unknown>>('SELECT action, outcome, actor_kind, actor_id, actor_name, object_kind, object_id, object_name, request_id, address, details FROM audit_events WHERE object_id = $1 ORDER BY id', [id])).rows;

/** Starts until one was answered as before: what other tests commit on the same server comes between. */
async function startAsBefore(): Promise<Awaited<ReturnType<typeof start>>> {
  return until(async () => {
    const before = repeated();
    const answer = await start();
    return repeated() > before && answer;
  }, 'a start that is answered as before', 25_000);
}

test('a start that is answered as before has the same answer, and an event like the first', async () => {
  const first = await start();
  const again = await startAsBefore();
  expect(again.body).toEqual(first.body);
  const events = await eventsOf(algorithm.id);
  expect(events.at(-1)).toEqual({ ...events[0], request_id: again.headers['x-request-id'] });
  expect(events.at(-1)).toMatchObject({ actor_id: worker.workerId, object_name: `bob/${algorithm.name}`, details: { reason: 'start', tag: first.body['tag'] } });
});

test('a worker that has the newest is told so, also as before', async () => {
  const { tag } = (await startAsBefore()).body;
  expect((await start(worker.token, { tag })).body).toEqual({ algorithm: { id: algorithm.id, owner: 'bob', name: algorithm.name }, tag, unchanged: true });
});

describe('the next start after others were answered as before shows', () => {
  const changes: [string, () => Promise<unknown>, object][] = [
    ['a new value', () => cluster.update(algorithm.id, 'KEY', algorithm.secret, 'other'), { body: { secrets: [{ version: 2 }] } }],
    ['a secret that was removed', () => cluster.remove(algorithm.id, algorithm.secret), { body: { secrets: [] } }],
    ['an envelope that was altered in the database', () => cluster.db.query(`UPDATE sealed_values SET envelope = 'x' WHERE version_id = $1`, [algorithm.secret.versionId]), { body: { secrets: [{ envelope: 'eA==' }] } }],
    ['an envelope that was deleted', () => cluster.db.query('DELETE FROM sealed_values WHERE version_id = $1', [algorithm.secret.versionId]), { body: { secrets: [{ envelope: null }] } }],
    ['an algorithm that is gone', () => cluster.db.query('DELETE FROM algorithms WHERE id = $1', [algorithm.id]), { status: 404 }],
    ['an owner of another name', () => cluster.db.query(`UPDATE accounts SET name_key = 'was_bob' WHERE name_key = 'bob'`), { status: 404 }],
  ];
  test.each(changes)('%s', async (_what, change, expected) => {
    await startAsBefore();
    await change();
    const answer = await start();
    await cluster.db.query(`UPDATE accounts SET name_key = 'bob' WHERE name_key = 'was_bob'`);
    expect(answer).toMatchObject(expected);
  });

  test('what a transaction wrote that had been open all the while', async () => {
    const writer = await cluster.db.connect();
    try {
      await writer.query('BEGIN');
      await writer.query(`UPDATE secrets SET secret_key = 'OTHER', live_key = 'OTHER' WHERE id = $1`, [algorithm.secret.id]);
      for (let round = 0; round < 3; round++) expect((await startAsBefore()).body['secrets']).toMatchObject([{ key: 'KEY' }]);
      await writer.query('COMMIT');
    } finally {
      writer.release();
    }
    expect((await start()).body['secrets']).toMatchObject([{ key: 'OTHER' }]);
  });
});

test('of two workers in one commit, one of them revoked, only that one is refused', async () => {
  const other = await enrolBare(cluster);
  await start(other.token);
  await startAsBefore();
  await cluster.revoke(other.workerId);
  // Nothing commits until they have arrived, or nearly all: what comes later is in a group of its own, with the same answer.
  const lock = await cluster.db.connect();
  await lock.query('BEGIN; LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
  const asked = [start(), ...Array.from({ length: 6 }, (_, index) => start(index % 2 === 0 ? other.token : worker.token))];
  await new Promise((resolve) => setTimeout(resolve, 500));
  await lock.query('COMMIT');
  lock.release();
  const answers = await Promise.all(asked);
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 200, 401, 200, 401, 200]);
  const events = (await eventsOf(algorithm.id)).filter(({ actor_id }) => actor_id === other.workerId).slice(-3);
  expect(events).toMatchObject([1, 2, 3].map(() => ({ outcome: 'refused', details: { cause: 'worker revoked' } })));
});

test('a known start and an unknown algorithm in one request are answered each its way', async () => {
  await startAsBefore();
  const { body } = await callDelivery(cluster.url, 'POST', 'starts', { token: worker.token, body: { starts: [{ owner: 'bob', name: 'Nothing' }, { owner: 'bob', name: algorithm.name }, { algorithmId: randomUUID() }, { algorithmId: algorithm.id }] } });
  expect(body['answers']).toMatchObject([{ error: { status: 404, code: 1000 } }, { algorithm: { id: algorithm.id } }, { error: { status: 404 } }, { algorithm: { id: algorithm.id } }]);
});

test('two delivery planes on one database both deliver what is new, whoever of them was asked before', async () => {
  const second = createDelivery({ database: cluster.database, keyring: cluster.keyring, trustProxy: false });
  const url = await second.app.listen({ port: 0, host: '127.0.0.1' });
  let { secret } = algorithm;
  try {
    for (let round = 2; round < 6; round++) {
      for (const plane of [cluster.url, url, url, cluster.url]) {
        const { body } = await callDelivery(plane, 'POST', 'starts', { token: worker.token, body: { algorithmId: algorithm.id } });
        expect(body['secrets']).toMatchObject([{ version: secret.version }]);
      }
      secret = await cluster.update(algorithm.id, 'KEY', secret, `value ${round}`);
    }
  } finally {
    await second.close();
  }
});

test('no event, no delivery, also for what is known', async () => {
  await startAsBefore();
  await cluster.db.query(`ALTER TABLE audit_events ADD CONSTRAINT closed CHECK (action <> 'secret.deliver') NOT VALID`);
  try {
    expect((await start()).status).toBe(500);
  } finally {
    await cluster.db.query('ALTER TABLE audit_events DROP CONSTRAINT closed');
  }
  expect((await start()).status).toBe(200);
});

test('the statement records nothing when anybody has committed since, and the moment of another server start is never the same', async () => {
  const store = openStore(cluster.database);
  const row = { workerId: worker.workerId, algorithmId: algorithm.id, ownerKey: null, nameKey: null, asked: '', requestId: randomUUID(), address: '', reason: 'start', clientTag: '', cachedTag: '' };
  const delivery = { requestId: randomUUID(), address: '', reason: 'start', workerId: worker.workerId, workerName: 'w', algorithmId: algorithm.id, algorithm: 'bob/x', tag: '' };
  try {
    const next = String((await store.starts([row]))[0]?.next);
    await cluster.db.query('UPDATE workers SET last_seen = now() WHERE id = $1', [worker.workerId]);
    const before = (await eventsOf(algorithm.id)).length;
    expect(await store.repeat(next, [delivery])).toEqual({ same: false, next: null });
    const [day = '', ...rest] = String((await store.starts([row]))[0]?.next).split(' ');
    expect(await store.repeat([day.replace(/^\d+/, '1999'), ...rest].join(' '), [delivery])).toEqual({ same: false, next: null });
    expect((await eventsOf(algorithm.id)).length).toBe(before + 1);
  } finally {
    await store.close();
  }
});
