import http from 'node:http';
import { once } from 'node:events';
import net from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorBody } from '@/lib/schemas/delivery';
import { callDelivery, enrolBare, type DeliveryAnswer } from '@/worker/testing/bare-worker';
import { TestCluster, until } from '@/worker/testing/cluster';
import { repeatStatement } from './repeat-statement';
import { startsStatement } from './statements';

let cluster: TestCluster;
let token: string;
let workerId: string;
let algorithmId: string;

const call = (...[method, path, options]: [string, string, { body?: string | object; token?: string | undefined }?]): Promise<DeliveryAnswer> => callDelivery(cluster.url, method, path, options);
const enrol = () => enrolBare(cluster);

beforeAll(async () => {
  cluster = await TestCluster.create();
  await (await cluster.readyWorker()).stop();
  ({ workerId, token } = await enrol());
  algorithmId = await cluster.algorithm('bob', 'Bundle');
  for (let index = 0; index < 20; index++) await cluster.secret(algorithmId, `KEY_${index}`, `value ${index}`);
});

afterAll(async () => {
  await cluster.close();
});

async function deliveries(): Promise<number> {
  return (await cluster.events('secret.deliver')).filter(({ details }) => details['reason'] === 'start').length;
}

describe('deliveries', () => {
  test('64 starts at once share commits, and each has an event of its own before its answer', async () => {
    const before = await deliveries();
    const counts = { ...cluster.delivery?.starts.counts };
    // Nothing commits until all have arrived, so that how many commits there are does not depend on the machine's speed.
    const lock = await cluster.db.connect();
    await lock.query('BEGIN; LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
    const asked = Array.from({ length: 64 }, () => call('POST', 'starts', { token, body: { owner: 'bob', name: 'Bundle' } }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await lock.query('COMMIT');
    lock.release();
    const answers = await Promise.all(asked);
    expect(answers.every(({ status, body }) => status === 200 && (body['secrets'] as unknown[]).length === 20)).toBe(true);
    expect(await deliveries()).toBe(before + 64);
    const batches = (cluster.delivery?.starts.counts.batches ?? 0) - (counts.batches ?? 0);
    expect(batches).toBeLessThan(16);
    const { rows } = await cluster.db.query('SELECT count(DISTINCT request_id)::int AS n FROM audit_events WHERE request_id = ANY($1::uuid[])', [answers.map(({ headers }) => headers['x-request-id'])]);
    expect(rows[0].n).toBe(64);
  });

  test('several starts in one request have an event each, and answers in their order', async () => {
    const before = await deliveries();
    const { body } = await call('POST', 'starts', { token, body: { starts: [{ owner: 'bob', name: 'Bundle' }, { owner: 'bob', name: 'Nothing' }, { algorithmId }] } });
    expect(body['answers']).toMatchObject([{ algorithm: { id: algorithmId } }, { error: { status: 404, code: 1000 } }, { algorithm: { owner: 'bob', name: 'Bundle' } }]);
    expect(await deliveries()).toBe(before + 3);
  });

  test('a client that hangs up at once spoils nothing for those that share its commit', async () => {
    const body = JSON.stringify({ owner: 'bob', name: 'Bundle' });
    const request = `POST /worker/v1/starts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    for (let round = 0; round < 5; round++) {
      for (let count = 0; count < 10; count++) {
        const socket = net.connect(cluster.port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(request, () => socket.resetAndDestroy());
      }
      const answers = await Promise.all(Array.from({ length: 10 }, () => call('POST', 'starts', { token, body })));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    }
  });

  test('a worker that has the newest is told so, without the bundle', async () => {
    const { body } = await call('POST', 'starts', { token, body: { algorithmId } });
    expect(await call('POST', 'starts', { token, body: { algorithmId, tag: body['tag'] } })).toMatchObject({ status: 200, body: { unchanged: true, tag: body['tag'] } });
    expect((await call('POST', 'check', { token, body: { algorithms: { [algorithmId]: body['tag'] } } })).body).toEqual({ changed: [] });
  });

  test('no event, no delivery: a table of events that takes no rows stops deliveries', async () => {
    await cluster.db.query(`ALTER TABLE audit_events ADD CONSTRAINT closed CHECK (action <> 'secret.deliver') NOT VALID`);
    try {
      const { status, body } = await call('POST', 'starts', { token, body: { algorithmId } });
      expect(status).toBe(500);
      expect(body).not.toHaveProperty('secrets');
    } finally {
      await cluster.db.query('ALTER TABLE audit_events DROP CONSTRAINT closed');
    }
  });

  test('a bundle and its tag are of one moment while secrets change', async () => {
    const id = await cluster.algorithm('bob', 'Racing');
    let secret = await cluster.secret(id, 'COUNTER', '0');
    const tags = new Map<string, string>();
    let ended = false;
    const reading = Promise.all(Array.from({ length: 8 }, async () => {
      while (!ended) {
        const { body } = await call('POST', 'starts', { token, body: { algorithmId: id } });
        const known = tags.get(String(body['tag']));
        const content = JSON.stringify(body['secrets']);
        tags.set(String(body['tag']), content);
        if (known !== undefined) expect(content).toBe(known);
      }
    }));
    for (let index = 1; index <= 30; index++) secret = await cluster.update(id, 'COUNTER', secret, String(index));
    ended = true;
    await reading;
    expect(tags.size).toBeGreaterThan(1);
  });

  test('every look-up of a delivery goes through an index', async () => {
    const client = await cluster.db.connect();
    try {
      await client.query('SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off');
      const values = [[workerId], [null], ['bob'], ['bundle'], ['bob/Bundle'], [randomUUID()], [''], ['start'], [''], ['']];
      await client.query('BEGIN');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${startsStatement}`, values);
      const again = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${repeatStatement}`, ['', [randomUUID()], [1], [workerId], ['w'], [algorithmId], ['bob/Bundle'], [''], ['start'], ['']]);
      await client.query('ROLLBACK');
      expect(again.rows.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(/(Seq|Index) Scan/);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).not.toMatch(/Seq Scan/);
      expect(plan).toMatch(/secrets_algorithm_id_live_key_key/);
    } finally {
      client.release(true);
    }
  });
});

describe('refusals', () => {
  test('a revoked worker is refused within a second, and the refusal recorded', async () => {
    const other = await enrol();
    expect((await call('POST', 'starts', { token: other.token, body: { algorithmId } })).status).toBe(200);
    await cluster.revoke(other.workerId);
    expect((await call('POST', 'starts', { token: other.token, body: { algorithmId } })).status).toBe(401);
    expect(await cluster.events('secret.deliver')).toContainEqual(expect.objectContaining({ outcome: 'refused', details: expect.objectContaining({ cause: 'worker revoked' }) }));
    expect((await call('GET', 'self', { token: other.token })).status).toBe(401);
  });

  test('the stream of a worker that is revoked ends within a second', async () => {
    const other = await enrol();
    const request = http.get(`${cluster.url}/worker/v1/changes`, { headers: { Authorization: `Bearer ${other.token}` } });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    let lines = '';
    response.setEncoding('utf8').on('data', (part: string) => (lines += part));
    await until(() => lines.includes('ping'), 'the first line');
    const since = performance.now();
    await cluster.revoke(other.workerId);
    await once(response, 'end');
    expect(performance.now() - since).toBeLessThan(1_000);
    expect(lines).toContain('{"revoked":true}');
  });

  test('a change is on the stream at once', async () => {
    const request = http.get(`${cluster.url}/worker/v1/changes`, { headers: { Authorization: `Bearer ${token}` } });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    let lines = '';
    response.setEncoding('utf8').on('data', (part: string) => (lines += part));
    await until(() => lines.includes('"listening":true'), 'listening');
    const since = performance.now();
    await cluster.announce(algorithmId);
    await until(() => lines.includes(algorithmId), 'the change');
    expect(performance.now() - since).toBeLessThan(500);
    request.destroy();
  });

  test('a worker that waits for its approval is told of its own changes, not which algorithms there are', async () => {
    const waiting = await enrol();
    await cluster.db.query(`UPDATE workers SET state = 'pending' WHERE id = $1`, [waiting.workerId]);
    const lines = { waiting: '', approved: '' };
    const requests = Object.entries({ waiting: waiting.token, approved: token }).map(async ([who, bearer]) => {
      const request = http.get(`${cluster.url}/worker/v1/changes`, { headers: { Authorization: `Bearer ${bearer}` } });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      response.setEncoding('utf8').on('data', (part: string) => (lines[who as keyof typeof lines] += part));
      return request;
    });
    const open = await Promise.all(requests);
    await until(() => [lines.waiting, lines.approved].every((each) => each.includes('"listening":true')), 'both streams');
    await cluster.announce(algorithmId);
    await cluster.db.query(`SELECT pg_notify('secret_store_changes', '{"workers":true}')`);
    await until(() => [lines.waiting, lines.approved].every((each) => each.includes('"self":true')), 'the news of workers');
    expect(lines.approved).toContain(algorithmId);
    expect(lines.waiting).not.toContain(algorithmId);
    for (const request of open) request.destroy();
  });

  test.each([
    ['no session', 'POST', 'starts', { body: {} }, 401, 2002],
    ['a session of nobody', 'POST', 'starts', { body: {}, token: 'a.b' }, 401, 2002],
    ['malformed JSON', 'POST', 'join', { body: '{"token":' }, 400, 2013],
    ['a wrong type', 'POST', 'join', { body: { token: 5 } }, 400, 6001],
    ['a body over 1 MiB', 'POST', 'join', { body: `{"token":"${'x'.repeat(1024 * 1024)}"}` }, 413, 2015],
    ['an unknown path', 'POST', 'nothing', {}, 404, 2015],
    ['a wrong method', 'DELETE', 'join', {}, 405, 2015],
  ] as const)('%s is answered with the error body of the contract', async (_what, method, path, options, status, code) => {
    const answer = await call(method, path, options);
    expect(answer.status).toBe(status);
    const { error } = errorBody.parse(answer.body);
    expect(error.code).toBe(code);
    expect(answer.headers['x-request-id']).toBe(error.id);
  });

  test('what is no HTTP is answered and closed', async () => {
    const socket = net.connect(cluster.port, '127.0.0.1');
    socket.end('hello\r\n\r\n');
    let answer = '';
    for await (const part of socket) answer += String(part);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    errorBody.parse(JSON.parse(answer.split('\r\n\r\n')[1] ?? ''));
  });
});

describe('with the database away', () => {
  test('a start is answered 503 within five seconds, with when to try again; afterwards all is as before', async () => {
    const { rows } = await cluster.db.query<{ name: string }>('SELECT current_database() AS name');
    const name = rows[0]?.name ?? '';
    const { queryDatabase } = await import('@/e2e/support/database');
    const admin = { ...cluster.database, database: 'postgres' };
    await queryDatabase(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await queryDatabase(admin, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    const since = performance.now();
    const answer = await call('POST', 'starts', { token, body: { algorithmId } });
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 5001 } } });
    expect(answer.headers['retry-after']).toBe('1');
    expect((await call('GET', 'health')).status).toBe(503);
    await queryDatabase(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await until(async () => (await call('POST', 'starts', { token, body: { algorithmId } })).status === 200, 'deliveries again', 30_000);
  });

  test('a database that does not answer is answered for with 503 in time', async () => {
    const lock = await cluster.db.connect();
    await lock.query('BEGIN; LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
    const since = performance.now();
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', 'starts', { token, body: { algorithmId } })));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(performance.now() - since).toBeLessThan(5_000);
    await lock.query('ROLLBACK');
    lock.release();
    expect((await call('POST', 'starts', { token, body: { algorithmId } })).status).toBe(200);
  });
});
