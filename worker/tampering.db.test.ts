import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeyring } from '@/lib/crypto/keyring';
import { TestCluster, until, type Ended, type Secret, type TestWorker } from './testing/cluster';

/** Who can write to the database, and knows nothing else, cannot choose what a command gets. */
let cluster: TestCluster;
let worker: TestWorker;
let count = 0;

interface Scene {
  name: string;
  id: string;
  one: Secret;
  two: Secret;
}

let scene: Scene;

beforeAll(async () => {
  cluster = await TestCluster.create();
  worker = await cluster.readyWorker();
});

beforeEach(async () => {
  const name = `Target${count++}`;
  const id = await cluster.algorithm('alice', name);
  scene = { name, id, one: await cluster.secret(id, 'ONE', 'value-of-one'), two: await cluster.secret(id, 'TWO', 'value-of-two') };
  expect(await worker.environment(`alice/${name}`)).toMatchObject({ ONE: 'value-of-one', TWO: 'value-of-two' });
});

afterAll(async () => {
  await cluster.close();
});

const attempt = (): Promise<Ended> => worker.cli(['run', `alice/${scene.name}`, '--', 'echo', 'started']);

/** What a refused start looks like: nothing ran, one line names the variable and the cause and no value. */
const refused = (cause: RegExp) => ({ code: 125, stdout: '', stderr: expect.stringMatching(new RegExp(`^(?!.*value-of)[^\\n]*${cause.source}[^\\n]*\\n$`)) });

async function envelopeOf(versionId: string): Promise<Buffer> {
  const { rows } = await cluster.db.query<{ envelope: Buffer }>('SELECT envelope FROM sealed_values WHERE version_id = $1', [versionId]);
  if (!rows[0]) throw new Error('no such version');
  return rows[0].envelope;
}

const replace = (versionId: string, envelope: Buffer) => cluster.db.query('UPDATE sealed_values SET envelope = $2 WHERE version_id = $1', [versionId, envelope]);

describe('a database that somebody wrote to', () => {
  test('two values swapped: nothing starts, although the worker has the last good ones', async () => {
    const [one, two] = [await envelopeOf(scene.one.versionId), await envelopeOf(scene.two.versionId)];
    await replace(scene.one.versionId, two);
    await replace(scene.two.versionId, one);
    expect(await attempt()).toMatchObject(refused(/ONE/));
    await replace(scene.one.versionId, one);
    await replace(scene.two.versionId, two);
    expect((await attempt()).stdout, 'put right again, it starts').toBe('started\n');
  });

  test('one bit flipped anywhere: nothing starts', async () => {
    const good = await envelopeOf(scene.two.versionId);
    for (const at of [0, 3, 5, 10, 20, 50, good.length - 70, good.length - 1]) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      await replace(scene.two.versionId, bad);
      expect(await attempt()).toMatchObject(refused(/TWO/));
    }
  });

  test("a value sealed to the pool's public key without the server's signature: nothing starts", async () => {
    const planted = cluster.seal(scene.id, scene.one.id, 'ONE', 1, 'planted', await cluster.poolKey(), createKeyring());
    await replace(scene.one.versionId, planted);
    expect(await attempt()).toMatchObject(refused(/ONE/));
  });

  test('a value of another algorithm moved here: nothing starts', async () => {
    const other = await cluster.algorithm('alice', `Other${count}`);
    const secret = await cluster.secret(other, 'ONE', 'value-of-other');
    await replace(scene.one.versionId, await envelopeOf(secret.versionId));
    expect(await attempt()).toMatchObject(refused(/ONE/));
  });

  test('an older version put back: nothing starts, also after the agent was started anew', async () => {
    const second = await cluster.update(scene.id, 'ONE', scene.one, 'value-of-one-new');
    expect((await worker.environment(`alice/${scene.name}`))['ONE']).toBe('value-of-one-new');
    await cluster.db.query('UPDATE secrets SET version = 1, current_version_id = $2 WHERE id = $1', [scene.one.id, scene.one.versionId]);
    expect(await attempt()).toMatchObject(refused(/ONE.*version 1.*version 2/));
    await worker.stop();
    worker.start();
    await until(async () => (await worker.status())?.connected, 'connected again');
    expect(await attempt()).toMatchObject(refused(/ONE.*version 1.*version 2/));
    await cluster.db.query('UPDATE secrets SET version = 2, current_version_id = $2 WHERE id = $1', [scene.one.id, second.versionId]);
    expect((await attempt()).code).toBe(0);
  });

  test('after a backup was restored on purpose, an operator says so and it starts', async () => {
    await cluster.update(scene.id, 'ONE', scene.one, 'value-of-one-new');
    await worker.environment(`alice/${scene.name}`);
    await cluster.db.query('UPDATE secrets SET version = 1, current_version_id = $2 WHERE id = $1', [scene.one.id, scene.one.versionId]);
    expect(await attempt()).toMatchObject(refused(/accept-versions/));
    expect((await worker.cli(['agent', 'accept-versions'])).code).toBe(0);
    expect((await worker.environment(`alice/${scene.name}`))['ONE']).toBe('value-of-one');
  });

  test('a sealed value deleted: nothing starts', async () => {
    await cluster.db.query('DELETE FROM sealed_values WHERE version_id = $1', [scene.two.versionId]);
    expect(await attempt()).toMatchObject(refused(/TWO.*missing/));
  });

  test('a secret renamed to another variable: nothing starts', async () => {
    await cluster.db.query(`UPDATE secrets SET secret_key = 'PATH_OTHER', live_key = 'PATH_OTHER' WHERE id = $1`, [scene.one.id]);
    expect(await attempt()).toMatchObject(refused(/PATH_OTHER/));
  });

  test('a variable name that is none, or one twice: nothing starts', async () => {
    await cluster.db.query(`UPDATE secrets SET secret_key = 'A=B' WHERE id = $1`, [scene.one.id]);
    expect(await attempt()).toMatchObject(refused(/A=B/));
    await cluster.db.query(`UPDATE secrets SET secret_key = 'TWO' WHERE id = $1`, [scene.one.id]);
    expect(await attempt()).toMatchObject(refused(/TWO/));
  });

  test('tampering is no outage: with the delivery plane away afterwards, the last good values are not used', async () => {
    const bad = Buffer.from(await envelopeOf(scene.one.versionId));
    bad[60] = (bad[60] ?? 0) ^ 1;
    await replace(scene.one.versionId, bad);
    expect(await attempt()).toMatchObject(refused(/ONE/));
    await cluster.stopDelivery();
    expect(await attempt()).toMatchObject(refused(/away/));
    await cluster.startDelivery();
    await until(async () => (await worker.status())?.connected, 'connected again');
  });

  test('each refusal is reported and recorded, with the variable and the cause', async () => {
    const event = await until(
      async () => (await cluster.events('secret.open')).find(({ outcome, details }) => outcome === 'refused' && details['cause'] === 'rolled_back'),
      'the refusal was reported',
    );
    expect(event).toMatchObject({ actorKind: 'worker', details: { variable: 'ONE' } });
  });

  test('a worker planted as approved is handed no pool key', async () => {
    const victim = await cluster.worker();
    victim.start(['--server', cluster.url, '--token', await cluster.token()]);
    await victim.state('pending');
    const workerId = (await victim.status())?.workerId;
    await cluster.db.query(`UPDATE workers SET state = 'approved', approval = decode(repeat('00', 64), 'hex') WHERE id = $1`, [workerId]);
    await cluster.db.query(`SELECT pg_notify('secret_store_changes', '{"workers":true}')`);
    await victim.state('waiting');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const { rows } = await cluster.db.query('SELECT 1 FROM pool_grants WHERE worker_id = $1', [workerId]);
    expect(rows).toEqual([]);
    await victim.stop();
  });

  test('a join token planted in the database lets nobody in', async () => {
    const { createHash, randomUUID } = await import('node:crypto');
    const token = `local_${Buffer.alloc(40, 7).toString('base64url')}`;
    await cluster.db.query(`INSERT INTO worker_tokens (id, token_hash, auto_approve, expires) VALUES ($1, $2, true, now() + interval '1 hour')`, [
      randomUUID(),
      createHash('sha256').update(token).digest(),
    ]);
    const intruder = await cluster.worker();
    intruder.start(['--server', cluster.url, '--token', token]);
    await intruder.state('refused');
    expect((await intruder.status())?.workerId).toBeNull();
    await intruder.stop();
  });
});
