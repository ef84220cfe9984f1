import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openValue, sealUnsigned } from '@/lib/crypto/envelope';
import { currentSigner, keyringVerifyKeys } from '@/lib/crypto/keyring';
import { fingerprint, generateSeed, importBoxPrivateKey, importBoxPublicKey, importSigningKey, type BoxPrivateKey } from '@/lib/crypto/keys';
import { signBytes } from '@/lib/crypto/sign';
import { joinStatement, poolMadeStatement, sessionStatement } from '@/lib/crypto/statement';
import { selfAnswer } from '@/lib/schemas/delivery';
import { resealAnswer, type ResealAnswer, type Resealed } from '@/lib/schemas/pool';
import { TestCluster, type Secret } from '@/worker/testing/cluster';

/** What the delivery plane takes from a worker, whatever that worker is. The workers here are the test itself. */
let cluster: TestCluster;
let maker: Raw;
let other: Raw;
/** Private keys of the pool by epoch, as the workers of this test have made them. */
const pool = new Map<number, BoxPrivateKey>();
const recoveryPublicKey = importBoxPrivateKey(generateSeed()).publicRaw;
const recoveryEnvelope = Buffer.from('sealed to the recovery key');

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

interface Raw {
  id: string;
  token: string;
  signKey: ReturnType<typeof importSigningKey>;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

async function call(method: string, path: string, token?: string, body?: object): Promise<Answer> {
  const response = await fetch(`${cluster.url}/worker/v1/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function session(id: string, signKey: Raw['signKey']): Promise<string> {
  const challenge = String((await call('POST', 'challenge')).body['challenge']);
  const signature = text(signBytes(signKey, sessionStatement(cluster.keyring.id, id, challenge)));
  return String((await call('POST', 'session', undefined, { workerId: id, challenge, signature })).body['token']);
}

async function enrol(): Promise<Raw> {
  const [boxKey, signKey] = [importBoxPrivateKey(generateSeed()).publicRaw, importSigningKey(generateSeed())];
  const token = await cluster.token({ autoApprove: true });
  const proof = signBytes(signKey, joinStatement(token, { boxKey, signKey: signKey.verifyKey.raw }));
  const { body } = await call('POST', 'join', undefined, { token, name: 'raw', boxKey: text(boxKey), signKey: text(signKey.verifyKey.raw), proof: text(proof) });
  const id = String(body['workerId']);
  return { id, signKey, token: await session(id, signKey) };
}

function made(by: Raw, epoch: number, key: BoxPrivateKey) {
  const makerSignature = text(signBytes(by.signKey, poolMadeStatement(cluster.keyring.id, { epoch, publicKey: key.publicRaw, recoveryPublicKey, recoveryEnvelope })));
  return { publicKey: text(key.publicRaw), recoveryEnvelope: text(recoveryEnvelope), makerSignature };
}

function next(by: Raw, change: object = {}, key = importBoxPrivateKey(generateSeed())): Promise<Answer> & { key: BoxPrivateKey } {
  const after = Math.max(...pool.keys());
  const grants = [maker, other].map(({ id }) => ({ workerId: id, envelope: 'AAAA' }));
  return Object.assign(call('POST', 'pool/next', by.token, { after, ...made(by, after + 1, key), grants, ...change }), { key });
}

const want = () => cluster.db.query('UPDATE pool_epochs SET rotation_wanted = now() WHERE number = (SELECT max(number) FROM pool_epochs)');

async function rotate(): Promise<number> {
  await want();
  const asked = next(maker);
  expect((await asked).status).toBe(200);
  const epoch = Math.max(...pool.keys()) + 1;
  pool.set(epoch, asked.key);
  return epoch;
}

beforeAll(async () => {
  cluster = await TestCluster.create();
  [maker, other] = [await enrol(), await enrol()];
  const key = importBoxPrivateKey(generateSeed());
  const first = await call('POST', 'pool', maker.token, { ...made(maker, 1, key), recoveryPublicKey: text(recoveryPublicKey), selfEnvelope: 'AAAA' });
  expect(first.status).toBe(200);
  pool.set(1, key);
  expect((await call('POST', 'grants', maker.token, { workerId: other.id, epoch: 1, envelope: 'AAAA' })).status).toBe(200);
});

afterAll(async () => {
  await cluster.close();
});

describe('the pool’s next key', () => {
  test('is not taken while none is wanted', async () => {
    expect((await next(maker)).status).toBe(409);
    expect(selfAnswer.parse((await call('GET', 'self', maker.token)).body).rotation).toBeNull();
  });

  test('is not taken from a worker that does not have the newest one', async () => {
    await want();
    const outsider = await enrol();
    expect(selfAnswer.parse((await call('GET', 'self', outsider.token)).body).rotation).toBeNull();
    const grants = [maker, other, outsider].map(({ id }) => ({ workerId: id, envelope: 'AAAA' }));
    expect((await next(outsider, { grants })).status).toBe(403);
  });

  test('is not taken from a worker that somebody wrote into the database as approved, with a grant', async () => {
    const [boxKey, signKey, id] = [importBoxPrivateKey(generateSeed()).publicRaw, importSigningKey(generateSeed()), randomUUID()];
    const keys = [Buffer.from(boxKey), Buffer.from(signKey.verifyKey.raw)] as const;
    await cluster.db.query(
      `INSERT INTO workers (id, name, state, box_key, sign_key, fingerprint, approval, approved) SELECT $1, 'planted', 'approved', $2, $3, $4, approval, now() FROM workers WHERE id = $5`,
      [id, ...keys, fingerprint(...keys), maker.id],
    );
    await cluster.db.query('INSERT INTO pool_grants (pool_epoch, worker_id, envelope, granted_by) VALUES (1, $1, $2, $1)', [id, Buffer.from('x')]);
    const planted = { id, signKey, token: await session(id, signKey) };
    const grants = [maker, other, planted].map((each) => ({ workerId: each.id, envelope: 'AAAA' }));
    expect((await next(planted, { grants })).status).toBe(403);
    expect((await next(maker)).status, 'nor does it keep others from making one').toBe(200);
    await cluster.db.query('DELETE FROM pool_epochs WHERE number = 2');
    await cluster.db.query('DELETE FROM workers WHERE id = $1', [id]);
    await want();
  });

  test.each([
    ['that leaves out a worker which has the newest one', () => ({ grants: [{ workerId: maker.id, envelope: 'AAAA' }] }), 409],
    ['that leaves out its maker', () => ({ grants: [{ workerId: other.id, envelope: 'AAAA' }], partial: true }), 400],
    ['for a worker that is not approved', () => ({ grants: [maker.id, other.id, randomUUID()].map((workerId) => ({ workerId, envelope: 'AAAA' })) }), 409],
    ['after another epoch than the newest', () => ({ after: 7 }), 409],
    ['that nothing can be sealed to', () => ({ publicKey: text(Buffer.alloc(32)) }), 400],
    ['that its maker did not sign', () => ({ makerSignature: text(Buffer.alloc(64)) }), 400],
    ['with another recovery envelope than was signed', () => ({ recoveryEnvelope: 'BBBB' }), 400],
  ] as const)('%s is refused, and nothing is written', async (_what, change, status) => {
    expect((await next(maker, change())).status).toBe(status);
    const { rows } = await cluster.db.query('SELECT (SELECT count(*)::int FROM pool_epochs) AS epochs, (SELECT count(*)::int FROM pool_grants) AS grants');
    expect(rows).toEqual([{ epochs: 1, grants: 2 }]);
  });

  test('is not sealed to a recovery key that somebody wrote into the database', async () => {
    const planted = Buffer.from(importBoxPrivateKey(generateSeed()).publicRaw);
    const { rows } = await cluster.db.query<{ key: Buffer }>('SELECT recovery_public_key AS key FROM pool_epochs WHERE number = 1');
    await cluster.db.query('UPDATE pool_epochs SET recovery_public_key = $1 WHERE number = 1', [planted]);
    expect((await next(maker)).status).toBe(400);
    await cluster.db.query('UPDATE pool_epochs SET recovery_public_key = $1 WHERE number = 1', [rows[0]?.key]);
  });

  test('is one, when eight are brought at the same moment', async () => {
    const answers = Array.from({ length: 8 }, (_, index) => next(index % 2 ? maker : other));
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    const { rows } = await cluster.db.query<{ number: number; key: Buffer }>('SELECT number, public_key AS key FROM pool_epochs ORDER BY number');
    expect(rows.map(({ number }) => number)).toEqual([1, 2]);
    const winner = answers[statuses.indexOf(200)]?.key as BoxPrivateKey;
    expect(rows[1]?.key).toEqual(Buffer.from(winner.publicRaw));
    pool.set(2, winner);
  });
});

describe('sealing again', () => {
  let secret: Secret;
  let algorithmId: string;
  let batch: ResealAnswer;

  beforeEach(async () => {
    algorithmId = await cluster.algorithm('bob', `Again${randomUUID().slice(0, 8)}`);
    secret = await cluster.secret(algorithmId, 'WORD', 'value-of-word');
    await rotate();
    batch = resealAnswer.parse((await call('GET', `reseal?epoch=${Math.max(...pool.keys()) - 1}`, maker.token)).body);
  });

  /** What a worker makes of a value of the batch. */
  function sealed(versionId = secret.versionId, word = 'value-of-word'): Resealed {
    const stored = batch.values.find((each) => each.versionId === versionId);
    if (!stored) throw new Error('not in the batch');
    const { versionId: _id, envelope, ...context } = stored;
    const target = pool.get(batch.epoch) as BoxPrivateKey;
    const { enc, ciphertext } = sealUnsigned({ poolPublicKey: importBoxPublicKey(target.publicRaw), signer: batch.signer, context: { ...context, poolEpoch: batch.epoch }, value: Buffer.from(word) });
    const was = createHash('sha256').update(Buffer.from(envelope, 'base64url')).digest('base64url');
    return { versionId, was, enc: text(enc), ciphertext: text(ciphertext) };
  }

  const send = (values: Resealed[], by = maker, change: object = {}) => call('POST', 'reseal', by.token, { epoch: batch.epoch, signer: batch.signer, values, left: [], ...change });

  async function row(): Promise<{ epoch: number; envelope: Buffer }> {
    const { rows } = await cluster.db.query<{ epoch: number; envelope: Buffer }>('SELECT pool_epoch AS epoch, envelope FROM sealed_values WHERE version_id = $1', [secret.versionId]);
    return rows[0] as { epoch: number; envelope: Buffer };
  }

  const open = ({ epoch, envelope }: { epoch: number; envelope: Buffer }) =>
    openValue({
      poolPrivateKey: pool.get(epoch) as BoxPrivateKey,
      verifyKeys: keyringVerifyKeys(cluster.keyring),
      context: { algorithmId, secretId: secret.id, secretKey: 'WORD', version: 1, poolEpoch: epoch },
      envelope,
    }).toString();

  test('puts a value in the place of the one that it was made from: it opens with the new key, and the event tells how many', async () => {
    const value = sealed();
    expect((await send([value])).body).toEqual({ stored: 1 });
    expect(await row()).toMatchObject({ epoch: batch.epoch });
    expect(open(await row())).toBe('value-of-word');
    expect((await cluster.events('pool.reseal')).at(-1)).toMatchObject({ outcome: 'done', actorKind: 'worker', details: { epoch: batch.epoch, values: 1 } });
    const before = await row();
    expect((await send([sealed()], other)).body, 'another worker with the same batch').toEqual({ stored: 0 });
    expect(await row()).toEqual(before);
  });

  test('the value of an edit that came in between stays', async () => {
    const value = sealed();
    const edited = await cluster.update(algorithmId, 'WORD', secret, 'new');
    await cluster.db.query('UPDATE sealed_values SET envelope = (SELECT envelope FROM sealed_values WHERE version_id = $2) WHERE version_id = $1', [secret.versionId, edited.versionId]);
    const before = await row();
    expect((await send([value])).body).toEqual({ stored: 0 });
    expect(await row()).toEqual(before);
  });

  test.each([
    ['whose record was altered', 'UPDATE secrets SET secret_key = $2 WHERE id = $1', 'OTHER'],
    ['whose record is of another version now', 'UPDATE secret_versions SET version = $2::int WHERE secret_id = $1', '9'],
  ])('a value %s is not signed', async (_what, sql, to) => {
    const value = sealed();
    await cluster.db.query(sql, [secret.id, to]);
    const before = await row();
    expect((await send([value])).body).toEqual({ stored: 0 });
    expect(await row()).toEqual(before);
    await cluster.db.query('DELETE FROM secrets WHERE id = $1', [secret.id]);
  });

  test('a value of another length is not signed', async () => {
    expect((await send([sealed(secret.versionId, 'x'.repeat(200))])).body).toEqual({ stored: 0 });
  });

  test('a value for a signer, or for an epoch, that is not the newest is refused', async () => {
    expect((await send([sealed()], maker, { signer: '0'.repeat(16) })).status).toBe(409);
    expect((await send([sealed()], maker, { epoch: batch.epoch - 1 })).status).toBe(409);
    expect(currentSigner(cluster.keyring).verifyKey.id).toBe(batch.signer);
  });

  test('a worker without the newest key, or revoked, can replace nothing', async () => {
    const outsider = await enrol();
    expect((await send([sealed()], outsider)).status).toBe(403);
    // Nor does it get values, and so the turn of those who could.
    expect((await call('GET', `reseal?epoch=${batch.epoch - 1}`, outsider.token)).status).toBe(403);
    await cluster.revoke(outsider.id);
    expect((await send([sealed()], outsider)).status).toBe(401);
    expect((await call('GET', 'reseal?epoch=1', outsider.token)).status).toBe(401);
  });

  test('no event, no change', async () => {
    await cluster.db.query(`ALTER TABLE audit_events ADD CONSTRAINT closed CHECK (action <> 'pool.reseal') NOT VALID`);
    const before = await row();
    expect((await send([sealed()])).status).toBe(500);
    expect(await row()).toEqual(before);
    await cluster.db.query('ALTER TABLE audit_events DROP CONSTRAINT closed');
  });

  test('one worker at a time gets values', async () => {
    expect((await call('GET', `reseal?epoch=${batch.epoch - 1}`, other.token)).body).toMatchObject({ busy: true, values: [] });
  });
});
