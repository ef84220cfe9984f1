import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addPool, startApi, type TestApi } from '@/e2e/support/api';
import { generateSeed, importBoxPrivateKey } from '@/lib/crypto/keys';
import { revokeWorker } from '@/lib/workers/service';
import { poolView, wantRotation } from '@/lib/workers/rotation';
import { commands } from '@/server/admin/commands';

let api: TestApi;
const actor = { kind: 'system', name: 'test' } as const;
let newest = 1;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

beforeEach(async () => {
  newest += 1;
  await addPool(api.query, importBoxPrivateKey(generateSeed()), newest);
});

/** An approved worker with the keys of these epochs. */
async function worker(epochs: number[]): Promise<string> {
  const id = randomUUID();
  await api.query(`INSERT INTO workers (id, name, state, box_key, sign_key, fingerprint) VALUES ($1, 'one', 'approved', $2, $3, '')`, [id, randomBytes(32), randomBytes(32)]);
  for (const epoch of epochs) await api.query('INSERT INTO pool_grants (pool_epoch, worker_id, envelope, granted_by) VALUES ($1, $2, $3, $2)', [epoch, id, Buffer.from('x')]);
  return id;
}

async function wanted(): Promise<{ cause: string; epoch: number }[]> {
  const rows = await api.query<{ details: { cause: string; epoch: number } }>(`SELECT details FROM audit_events WHERE action = 'pool.want-rotation' ORDER BY id`);
  return rows.map(({ details }) => details).filter(({ epoch }) => epoch === newest);
}

const run = (words: string) => commands[words]?.run({ words: [], options: {} });

describe('a next pool key', () => {
  test('is wanted from the moment at which a worker that has the newest one is revoked', async () => {
    await revokeWorker(actor, await worker([1, newest]));
    expect((await poolView()).rotationWanted).not.toBeNull();
    expect(await wanted()).toEqual([{ cause: 'revoked one', epoch: newest }]);
  });

  test('is not wanted for one that has older keys only, or none', async () => {
    await revokeWorker(actor, await worker([1]));
    await revokeWorker(actor, await worker([]));
    expect((await poolView()).rotationWanted).toBeNull();
    expect(await wanted()).toEqual([]);
  });

  test('is wanted with its event or not at all, and the worker then is not revoked either', async () => {
    const id = await worker([newest]);
    await api.query(`ALTER TABLE audit_events ADD CONSTRAINT closed CHECK (action <> 'pool.want-rotation') NOT VALID`);
    await expect(revokeWorker(actor, id)).rejects.toThrow(/closed/);
    await api.query('ALTER TABLE audit_events DROP CONSTRAINT closed');
    expect((await poolView()).rotationWanted).toBeNull();
    expect(await api.query('SELECT state FROM workers WHERE id = $1', [id])).toEqual([{ state: 'approved' }]);
    await revokeWorker(actor, id);
    expect((await poolView()).rotationWanted).not.toBeNull();
  });

  test('is asked for once, however often', async () => {
    await wantRotation(actor);
    await wantRotation(actor);
    await revokeWorker(actor, await worker([newest]));
    expect(await wanted()).toEqual([{ cause: 'asked', epoch: newest }]);
  });
});

describe('secret-store-admin', () => {
  test('pool status tells each epoch, what is still sealed to an older key, and that a new one is wanted', async () => {
    const [owner] = await api.query<{ id: string }>(`SELECT id FROM accounts WHERE name = 'root'`);
    const [algorithm, secret, version] = [randomUUID(), randomUUID(), randomUUID()];
    await api.query(`INSERT INTO algorithms (id, owner_id, name, name_key) VALUES ($1, $2, 'a', 'a')`, [algorithm, owner?.id]);
    await api.query(`INSERT INTO secrets (id, algorithm_id, secret_key, short_name, provider_id, current_version_id, revision) VALUES ($1, $2, 'A', 'a', $3, $4, 1)`, [secret, algorithm, api.internalProvider, version]);
    await api.query('INSERT INTO secret_versions (id, secret_id, version) VALUES ($1, $2, 1)', [version, secret]);
    await api.query('INSERT INTO sealed_values (version_id, pool_epoch, envelope) VALUES ($1, 1, $2)', [version, Buffer.from('x')]);
    const before = await run('pool status');
    expect(before).toMatch(new RegExp(`^epoch +made +workers +values\n1 +\\S+ +\\d+ +1\n(.*\n)+${newest} +\\S+ +0 +0\n\n`));
    expect(before).toContain('1 of the stored values are sealed to an older key');
    expect(before).not.toContain('A new key is wanted');
    expect(await run('pool rotate')).toContain('A new pool key is wanted');
    expect(await run('pool status')).toContain(`has the key of epoch ${newest} makes it`);
    await api.query('UPDATE sealed_values SET pool_epoch = $1', [newest]);
    await api.query('UPDATE pool_epochs SET rotation_wanted = NULL');
    expect(await run('pool status')).toContain(`Everything is sealed to the key of epoch ${newest}.`);
  });

  test('pool rotate before there is a pool says who makes it', async () => {
    await api.query('DELETE FROM sealed_values');
    await api.query('DELETE FROM pool_epochs');
    await expect(run('pool rotate')).rejects.toThrow('the first worker makes it');
    expect(await run('pool status')).toContain('the first worker makes it');
  });
});
