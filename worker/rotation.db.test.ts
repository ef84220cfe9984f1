import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openValue } from '@/lib/crypto/envelope';
import { keyringVerifyKeys } from '@/lib/crypto/keyring';
import { importBoxPrivateKey, type BoxPrivateKey } from '@/lib/crypto/keys';
import { TestCluster, until, type TestWorker } from './testing/cluster';
import { operatorOf, type TestOperator } from './testing/operator';

// Each agent and each start is a process or two.
vi.setConfig({ testTimeout: 180_000 });

let cluster: TestCluster;
let operator: TestOperator;
let first: TestWorker;
let second: TestWorker;
let recoveryKey: string;

beforeAll(async () => {
  cluster = await TestCluster.create();
  operator = await operatorOf(cluster);
  first = await cluster.readyWorker();
  second = await cluster.readyWorker();
  recoveryKey = (await first.cli(['agent', 'recovery-key'])).stdout.trim();
  const id = await cluster.algorithm('alice', 'Shared');
  await cluster.secret(id, 'WORD', 'value-of-word');
});

afterAll(async () => {
  await cluster.close();
});

const idOf = async (worker: TestWorker) => (await worker.status())?.workerId ?? '';

async function grantsOf(epoch: number): Promise<string[]> {
  const { rows } = await cluster.db.query<{ id: string }>('SELECT worker_id AS id FROM pool_grants WHERE pool_epoch = $1', [epoch]);
  return rows.map(({ id }) => id).sort();
}

async function newest(): Promise<number> {
  return (await operator.pool()).epochs.at(-1)?.epoch ?? 0;
}

/** The pool is at this epoch, nothing is wanted any more, and nothing is sealed to an older key. */
function settled(epoch: number): Promise<unknown> {
  return until(async () => {
    const pool = await operator.pool();
    return pool.epochs.at(-1)?.epoch === epoch && pool.rotationWanted === null && pool.left === 0;
  }, `all at epoch ${epoch}`, 60_000);
}

async function keysIn(worker: TestWorker): Promise<Map<number, BoxPrivateKey>> {
  const { epochs } = JSON.parse(await readFile(path.join(worker.folder, 'pool.json'), 'utf8')) as { epochs: { epoch: number; privateKey: string }[] };
  return new Map(epochs.map(({ epoch, privateKey }) => [epoch, importBoxPrivateKey(Buffer.from(privateKey, 'base64url'))]));
}

/** How many of the stored values one of these keys opens, whatever epoch it is said to be of. */
async function opened(keys: Map<number, BoxPrivateKey>): Promise<number> {
  const { rows } = await cluster.db.query<{ algorithmId: string; secretId: string; secretKey: string; version: number; poolEpoch: number; envelope: Buffer }>(
    `SELECT s.algorithm_id AS "algorithmId", s.id AS "secretId", s.secret_key AS "secretKey", sv.version, v.pool_epoch AS "poolEpoch", v.envelope
     FROM sealed_values v JOIN secret_versions sv ON sv.id = v.version_id JOIN secrets s ON s.id = sv.secret_id`,
  );
  const opens = ({ envelope, ...context }: (typeof rows)[number]) =>
    [...keys.values()].some((poolPrivateKey) => {
      try {
        openValue({ poolPrivateKey, verifyKeys: keyringVerifyKeys(cluster.keyring), context, envelope });
        return true;
      } catch {
        return false;
      }
    });
  return rows.filter(opens).length;
}

describe('revoking a worker that has the pool’s newest key', () => {
  let stolen: Map<number, BoxPrivateKey>;
  let revokedId: string;

  test('gives the pool a next one, for the workers that are left and nobody else; who wanted and who made it is recorded', async () => {
    const third = await cluster.readyWorker();
    revokedId = await idOf(third);
    stolen = await keysIn(third);
    expect(await opened(stolen)).toBe(1);
    await operator.revoke(revokedId);
    await settled(2);
    expect(await grantsOf(2)).toEqual([await idOf(first), await idOf(second)].sort());
    expect(await cluster.events('pool.want-rotation')).toMatchObject([{ outcome: 'done', actorKind: 'system', details: { epoch: 1 } }]);
    expect(await cluster.events('pool.rotate')).toMatchObject([{ outcome: 'done', actorKind: 'worker', objectName: 'epoch 2', details: { epoch: 2 } }]);
    await third.state('revoked');
  });

  test('its old key opens nothing of what is stored afterwards, old values and new ones', async () => {
    const [algorithmId, secretId] = [await cluster.algorithm('alice', 'After'), randomUUID()];
    await cluster.secret(algorithmId, 'NEW', 'stored-after');
    expect(await opened(stolen)).toBe(0);
    expect(await opened(await keysIn(first))).toBe(2);
    const sealed = await operator.seal({ algorithmId, secretId, secretKey: 'OTHER', version: 1 }, 'x');
    expect(sealed.poolEpoch).toBe(2);
    for (const worker of [first, second]) expect((await worker.environment('alice/After'))['NEW']).toBe('stored-after');
    expect((await second.environment('alice/Shared'))['WORD']).toBe('value-of-word');
  });

  test('revoking one that never had the newest key asks for nothing', async () => {
    const pending = await cluster.worker();
    pending.start(['--server', cluster.url, '--token', await cluster.token()]);
    await pending.state('pending');
    await operator.revoke(await idOf(pending));
    expect((await operator.pool()).rotationWanted).toBeNull();
    await pending.stop();
  });
});

describe('the next key', () => {
  test('is made once, however many workers try at the same moment', async () => {
    const from = await newest();
    for (let count = 1; count <= 5; count++) {
      await operator.rotate();
      await settled(from + count);
    }
    const made = (await cluster.events('pool.rotate')).map(({ details }) => details['epoch']);
    expect(made).toEqual([...new Set(made)]);
    expect(made.at(-1)).toBe(from + 5);
    for (const worker of [first, second]) {
      await until(async () => (await worker.status())?.epochs.includes(from + 5), 'has the newest key', 60_000);
      expect((await worker.status())?.epochs).toEqual(Array.from({ length: from + 5 }, (_, index) => index + 1));
    }
  });

  test('is not for a worker that is revoked while it is made', async () => {
    for (let count = 0; count < 3; count++) {
      const doomed = await cluster.readyWorker();
      const id = await idOf(doomed);
      await Promise.all([operator.rotate(), operator.revoke(id)]);
      await until(async () => (await operator.pool()).rotationWanted === null, 'made', 60_000);
      expect(await grantsOf(await newest())).not.toContain(id);
      await doomed.stop();
    }
  });

  test('reaches a worker that was away: its grant waits for it', async () => {
    const id = await idOf(second);
    await second.stop();
    const before = await newest();
    await operator.rotate();
    await settled(before + 1);
    expect(await grantsOf(before + 1)).toContain(id);
    second.start();
    await until(async () => (await second.status())?.epochs.includes(before + 1), 'has the newest key', 60_000);
    expect((await second.environment('alice/Shared'))['WORD']).toBe('value-of-word');
  });

  test('reaches a worker that its maker left out from any other that has it', async () => {
    const id = await idOf(second);
    await second.stop();
    const before = await newest();
    await operator.rotate();
    await settled(before + 1);
    await cluster.db.query('DELETE FROM pool_grants WHERE pool_epoch = $1 AND worker_id = $2', [before + 1, id]);
    await cluster.db.query(`SELECT pg_notify('secret_store_changes', '{"workers":true}')`);
    await until(async () => (await grantsOf(before + 1)).includes(id), 'handed on', 60_000);
    second.start();
    await until(async () => (await second.status())?.epochs.includes(before + 1), 'has the newest key', 60_000);
    expect((await second.environment('alice/Shared'))['WORD']).toBe('value-of-word');
  });

  test('waits for a worker that has the newest one, and is made when it comes', async () => {
    await first.stop();
    await second.stop();
    const before = await newest();
    await operator.rotate();
    expect((await operator.pool()).rotationWanted).not.toBeNull();
    second.start();
    await settled(before + 1);
    first.start();
    await first.state('ready');
    await until(async () => (await first.status())?.epochs.includes(before + 1), 'has the newest key', 60_000);
  });

  test('is opened by the recovery key that was made with the first one', async () => {
    await first.stop();
    await second.stop();
    const fresh = await cluster.worker();
    fresh.start(['--server', cluster.url, '--token', await cluster.token({ autoApprove: true })]);
    await fresh.state('waiting');
    expect((await fresh.cli(['agent', 'recover'], { input: recoveryKey })).code).toBe(0);
    await fresh.state('ready');
    expect((await fresh.environment('alice/Shared'))['WORD']).toBe('value-of-word');
    const before = await newest();
    await operator.rotate();
    await settled(before + 1);
    await fresh.stop();
    first.start();
    await until(async () => (await first.status())?.epochs.includes(before + 1), 'has the newest key', 60_000);
  });
});

describe('a database that was put back to before a rotation', () => {
  test('goes on with another key under the same number; workers put theirs aside, and find it again', async () => {
    const before = await newest();
    await operator.rotate();
    await settled(before + 1);
    await first.state('ready');
    await until(async () => (await first.status())?.epochs.includes(before + 1), 'has the newest key', 60_000);
    const lost = await cluster.db.query('SELECT * FROM pool_epochs WHERE number = $1', [before + 1]);
    await first.stop();
    await cluster.db.query('DELETE FROM sealed_values');
    await cluster.db.query('DELETE FROM pool_epochs WHERE number = $1', [before + 1]);
    await cluster.db.query('UPDATE pool_epochs SET rotation_wanted = NULL WHERE number = $1', [before]);
    first.start();
    await first.state('ready');
    await until(async () => (await first.status())?.connected, 'connected');
    await operator.rotate();
    await settled(before + 1);
    expect((await cluster.db.query('SELECT public_key FROM pool_epochs WHERE number = $1', [before + 1])).rows).not.toEqual(lost.rows.map(({ public_key }) => ({ public_key })));
    await first.state('ready');
    const algorithmId = await cluster.algorithm('alice', 'GoneOn');
    await cluster.secret(algorithmId, 'WORD', 'after-the-restore');
    expect((await first.environment('alice/GoneOn'))['WORD']).toBe('after-the-restore');
    const { setAside } = JSON.parse(await readFile(path.join(first.folder, 'pool.json'), 'utf8')) as { setAside: { epoch: number }[] };
    expect(setAside.map(({ epoch }) => epoch)).toEqual([before + 1]);
  });
});
