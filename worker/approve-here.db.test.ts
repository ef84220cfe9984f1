import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { currentSigner } from '@/lib/crypto/keyring';
import { generateSeed, importBoxPrivateKey, importBoxPublicKey } from '@/lib/crypto/keys';
import { sealTo } from '@/lib/crypto/sealed-box';
import { signBytes } from '@/lib/crypto/sign';
import { poolStatement } from '@/lib/crypto/statement';
import { TestCluster, until, type TestWorker } from './testing/cluster';
import { operatorOf, type TestOperator } from './testing/operator';

// Each agent and each start is a process or two.
vi.setConfig({ testTimeout: 180_000 });

/** What whoever has the web server can do: sign with its keyring, write to the database. Values stay closed to them all the same. */
let cluster: TestCluster;
let operator: TestOperator;
let careful: TestWorker;

beforeAll(async () => {
  cluster = await TestCluster.create();
  operator = await operatorOf(cluster);
  careful = await cluster.readyWorker(['--approve-here']);
  await cluster.secret(await cluster.algorithm('alice', 'Kept'), 'WORD', 'value-of-word');
});

afterAll(async () => {
  await cluster.close();
});

const idOf = async (worker: TestWorker) => (await worker.status())?.workerId ?? '';
const fingerprintOf = async (worker: TestWorker) => (await worker.cli(['agent', 'fingerprint'])).stdout.trim();
const wake = () => cluster.db.query(`SELECT pg_notify('secret_store_changes', '{"workers":true}')`);
const newest = async () => (await operator.pool()).epochs.at(-1)?.epoch ?? 0;

async function grants(id: string): Promise<number[]> {
  const { rows } = await cluster.db.query<{ epoch: number }>('SELECT pool_epoch AS epoch FROM pool_grants WHERE worker_id = $1 ORDER BY 1', [id]);
  return rows.map(({ epoch }) => epoch);
}

/** Joined and approved by the server. */
async function approvedByServer(): Promise<TestWorker> {
  const worker = await cluster.worker();
  worker.start(['--server', cluster.url, '--token', await cluster.token({ autoApprove: true }), '--name', 'newcomer']);
  await worker.state('waiting');
  return worker;
}

/** Long enough that a careless worker would have handed the key on, or sealed everything, several times. */
async function nothingHappens(): Promise<void> {
  for (let count = 0; count < 3; count++) {
    await wake();
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

describe('a worker that hands keys only to whom it confirmed on its own machine', () => {
  let newcomer: TestWorker;

  test('refuses one that the server approved, and shows its fingerprint', async () => {
    newcomer = await approvedByServer();
    await nothingHappens();
    expect(await grants(await idOf(newcomer))).toEqual([]);
    await newcomer.state('waiting');
    expect((await newcomer.cli(['run', 'alice/Kept', '--', 'echo', 'started'])).code).toBe(125);
    expect(await careful.status()).toMatchObject({ state: 'ready', approveHere: true, unconfirmed: [{ name: 'newcomer', fingerprint: await fingerprintOf(newcomer) }] });
    expect((await careful.cli(['agent', 'status'])).stdout).toContain(await fingerprintOf(newcomer));
  });

  test('leaves it out when it makes the next key, too', async () => {
    await operator.rotate();
    await until(async () => (await newest()) === 2, 'the next epoch', 60_000);
    await nothingHappens();
    expect(await grants(await idOf(newcomer))).toEqual([]);
    await until(async () => (await operator.pool()).left === 0, 'all sealed to the newest key', 60_000);
  });

  test('makes no next key from an epoch whose recovery key whoever has the server exchanged and signed', async () => {
    const { rows } = await cluster.db.query<{ publicKey: Buffer; recoveryPublicKey: Buffer; recoveryEnvelope: Buffer; signature: Buffer }>(
      'SELECT public_key AS "publicKey", recovery_public_key AS "recoveryPublicKey", recovery_envelope AS "recoveryEnvelope", signature FROM pool_epochs WHERE number = 2',
    );
    const good = rows[0] as (typeof rows)[number];
    const put = (pool: { recoveryPublicKey: Uint8Array; signature: Uint8Array }) => cluster.db.query('UPDATE pool_epochs SET recovery_public_key = $1, signature = $2 WHERE number = 2', [Buffer.from(pool.recoveryPublicKey), Buffer.from(pool.signature)]);
    const theirs = { ...good, epoch: 2, recoveryPublicKey: importBoxPrivateKey(generateSeed()).publicRaw };
    await put({ ...theirs, signature: signBytes(currentSigner(cluster.keyring), poolStatement(cluster.keyring.id, theirs)) });
    await operator.rotate();
    await nothingHappens();
    expect(await newest()).toBe(2);
    await cluster.db.query('UPDATE pool_epochs SET rotation_wanted = NULL');
    await put(good);
  });

  test('hands them on at once when its fingerprint is confirmed on this machine', async () => {
    const print = await fingerprintOf(newcomer);
    expect(await careful.cli(['agent', 'approve', ...print.toUpperCase().split(' ')])).toMatchObject({ code: 0, stderr: '' });
    await newcomer.state('ready', 30_000);
    expect((await newcomer.environment('alice/Kept'))['WORD']).toBe('value-of-word');
    expect((await stat(path.join(careful.folder, 'approved.json'))).mode & 0o777).toBe(0o600);
    expect((await careful.status())?.unconfirmed).toEqual([]);
  });

  test('takes a confirmation back, and refuses what is no fingerprint', async () => {
    const print = await fingerprintOf(newcomer);
    expect((await careful.cli(['agent', 'disapprove', print])).code).toBe(0);
    expect(await careful.cli(['agent', 'disapprove', print])).toMatchObject({ code: 1, stderr: expect.stringContaining('was not confirmed here') });
    expect(await careful.cli(['agent', 'approve', '4f1c 9ab0'])).toMatchObject({ code: 1, stderr: expect.stringContaining('eight groups of four') });
    const id = await idOf(newcomer);
    // It has a key itself, and would make the next one for itself.
    await newcomer.stop();
    await operator.rotate();
    await until(async () => (await newest()) === 3, 'the next epoch', 60_000);
    await nothingHappens();
    expect(await grants(id)).toEqual([1, 2]);
    await careful.cli(['agent', 'approve', print]);
    await until(async () => (await grants(id)).includes(3), 'handed on', 60_000);
  });

  test('trusts nobody while its list of confirmed ones is damaged, says so, and starts algorithms all the same', async () => {
    const file = path.join(careful.folder, 'approved.json');
    const good = await readFile(file);
    await writeFile(file, '{"format":"secret-store-approved/1","finger');
    const another = await approvedByServer();
    await nothingHappens();
    expect(await grants(await idOf(another))).toEqual([]);
    expect(await careful.status()).toMatchObject({ state: 'ready', confirmationFault: expect.stringContaining('approved.json is damaged') });
    expect((await careful.environment('alice/Kept'))['WORD']).toBe('value-of-word');
    expect(await careful.cli(['agent', 'approve', await fingerprintOf(another)])).toMatchObject({ code: 1, stderr: expect.stringContaining('is damaged') });
    await writeFile(file, good);
    await another.stop();
  });

  test('seals nothing to a pool key that whoever has the server made and signed, though it was handed to it', async () => {
    await until(async () => (await careful.status())?.connected && (await operator.pool()).left === 0, 'at rest');
    const [epoch, theirs, id] = [(await newest()) + 1, generateSeed(), await idOf(careful)];
    const publicKey = Buffer.from(importBoxPrivateKey(theirs).publicRaw);
    const { rows } = await cluster.db.query<{ key: Buffer; box: Buffer }>('SELECT recovery_public_key AS key, w.box_key AS box FROM pool_epochs, workers w WHERE w.id = $1 LIMIT 1', [id]);
    const [recoveryPublicKey, recoveryEnvelope] = [rows[0]?.key ?? Buffer.alloc(0), Buffer.from('nothing')];
    const signature = signBytes(currentSigner(cluster.keyring), poolStatement(cluster.keyring.id, { epoch, publicKey, recoveryPublicKey, recoveryEnvelope }));
    const { rows: makers } = await cluster.db.query<{ id: string }>(`SELECT id FROM workers WHERE id <> $1 LIMIT 1`, [id]);
    await cluster.db.query('INSERT INTO pool_epochs (number, public_key, recovery_public_key, recovery_envelope, signature, maker_signature, created_by) VALUES ($1, $2, $3, $4, $5, $5, $6)', [epoch, publicKey, recoveryPublicKey, recoveryEnvelope, signature, makers[0]?.id]);
    const envelope = sealTo({ recipientPublicKey: importBoxPublicKey(rows[0]?.box ?? Buffer.alloc(0)), info: 'pool-key', aad: Buffer.from(`${cluster.keyring.id}\0${epoch}\0${id}`), plaintext: theirs });
    await cluster.db.query('INSERT INTO pool_grants (pool_epoch, worker_id, envelope, granted_by) VALUES ($1, $2, $3, $2)', [epoch, id, envelope]);
    await wake();
    await until(async () => (await careful.status())?.epochs.includes(epoch), 'took the key');
    await nothingHappens();
    expect((await operator.pool()).left).toBe(1);
    expect((await careful.environment('alice/Kept'))['WORD']).toBe('value-of-word');
  });

  test('can be told so by the environment as well', async () => {
    const worker = await cluster.worker();
    worker.start(['--server', cluster.url, '--token', await cluster.token()], { SECRET_STORE_APPROVE_HERE: '1' });
    await worker.state('pending');
    expect((await worker.status())?.approveHere).toBe(true);
    await worker.stop();
  });
});
