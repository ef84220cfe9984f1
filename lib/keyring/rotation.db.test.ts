import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPool, startApi, type TestApi } from '@/e2e/support/api';
import { createKeyring, currentSigner, keyringVerifyKeys, serializeKeyring, type Keyring } from '@/lib/crypto/keyring';
import { retireOthers } from '@/lib/crypto/keyring-rotation';
import { generateSeed, importBoxPrivateKey } from '@/lib/crypto/keys';
import { openRecord, recordKeyId, sealRecord } from '@/lib/crypto/record';
import { signBytes } from '@/lib/crypto/sign';
import { approvalStatement, isSignedBy, poolStatement, providerStatement, referenceStatement } from '@/lib/crypto/statement';
import { env } from '@/lib/env';
import { readKeyringFile } from '@/lib/keyring-file';
import { keyringWork, noteKeyring, prepareKeyring, retireKeys, rotateKeyring } from '@/lib/keyring/rotation';
import { bootstrap } from '@/server/bootstrap';

const actor = { kind: 'system', name: 'test' } as const;
const [provider, planted, worker] = [randomUUID(), randomUUID(), randomUUID()];
const moduleSha256 = 'a'.repeat(64);
const workerKeys = { boxKey: randomBytes(32), signKey: randomBytes(32) };
let api: TestApi;
let before: Keyring;
let secret: string;
let entry: Parameters<typeof referenceStatement>[1];

const current = () => readKeyringFile(env().keyringFile) as Keyring;
const only = async <Row extends object>(sql: string, values: unknown[] = []) => (await api.query<Row & Record<string, unknown>>(sql, values))[0] as Row;

/** A provider's row, signed and sealed with a keyring. */
async function addProvider(keyring: Keyring, id: string, name: string): Promise<void> {
  const statement = providerStatement(keyring.id, { providerId: id, moduleSha256: moduleSha256, factoryClassName: 'a.B', settings: {} });
  await api.query(
    `INSERT INTO providers (id, kind, name, name_key, factory_class_name, module_sha256, configuration, signature) VALUES ($1, 'plugin', $2, $2, 'a.B', $3, $4, $5)`,
    [id, name, moduleSha256, sealRecord(keyring, id, Buffer.from('{"token":"canary"}')), signBytes(currentSigner(keyring), statement)],
  );
}

beforeAll(async () => {
  api = await startApi();
  before = current();
  await addPool(api.query, importBoxPrivateKey(generateSeed()), 2);
  await api.query(`INSERT INTO modules (sha256, file_name, size) VALUES ($1, 'x.jar', 1)`, [moduleSha256]);
  await addProvider(before, provider, 'one');
  await api.query(`INSERT INTO workers (id, name, state, box_key, sign_key, fingerprint, approval) VALUES ($1, 'far away', 'approved', $2, $3, '', $4)`, [
    worker, workerKeys.boxKey, workerKeys.signKey, signBytes(currentSigner(before), approvalStatement(before.id, worker, workerKeys)),
  ]);
  const algorithm = String((await api.call('POST', '/v1/algorithms/root', { as: api.admin, body: { name: 'main' } })).json().id);
  const create = async (key: string) => String((await api.call('POST', `/v1/algorithms/${algorithm}/secrets`, { as: api.admin, body: { short_name: 'n', secret_key: key, secret_value: 'v' } })).json().id);
  secret = await create('VALUE');
  const through = await create('THROUGH');
  entry = { algorithmId: algorithm, secretId: through, secretKey: 'THROUGH', version: 1, providerId: provider, providerKey: 'there' };
  await api.query('DELETE FROM sealed_values v USING secret_versions sv WHERE sv.id = v.version_id AND sv.secret_id = $1', [through]);
  await api.query('UPDATE secrets SET provider_id = $2 WHERE id = $1', [through, provider]);
  await api.query(`UPDATE secret_versions SET provider_key = 'there', reference = $2 WHERE secret_id = $1`, [through, signBytes(currentSigner(before), referenceStatement(before.id, entry))]);
});
afterAll(() => api?.close());

describe('the keyring’s keys are replaced', () => {
  test('not before new ones are prepared, nor before a server was started with them', async () => {
    await expect(rotateKeyring(actor)).rejects.toThrow(/Prepare them first/);
    await expect(retireKeys(actor)).rejects.toThrow(/no old keys/);
    await prepareKeyring(actor);
    expect([current().primary, current().signer]).toEqual([before.primary, before.signer]);
    await expect(prepareKeyring(actor)).rejects.toThrow(/prepared already/);
    await expect(rotateKeyring(actor)).rejects.toThrow(/has not been started with the new keys/);
    await expect(retireKeys(actor)).rejects.toThrow(/Rotate first/);
  });

  test('then everything that the server sealed or signed is under the new ones, and what it did not sign is left', async () => {
    await addProvider({ ...createKeyring(), id: before.id }, planted, 'planted');
    await api.query('UPDATE providers SET configuration = NULL WHERE id = $1', [planted]);
    await noteKeyring(current());
    const { done } = await rotateKeyring(actor);
    // A provider, a worker, an entry and two pool keys.
    expect(done).toEqual({ records: 1, signatures: 5 });
    const alone = retireOthers(current());
    const trusted = keyringVerifyKeys(alone).map(({ raw }) => raw);
    expect(trusted).toHaveLength(1);
    const row = await only<{ configuration: Buffer; signature: Buffer }>('SELECT configuration, signature FROM providers WHERE id = $1', [provider]);
    expect([openRecord(alone, provider, row.configuration).toString(), recordKeyId(row.configuration)]).toEqual(['{"token":"canary"}', alone.primary]);
    const runs = (id: string) => providerStatement(alone.id, { providerId: id, moduleSha256: moduleSha256, factoryClassName: 'a.B', settings: {} });
    expect(isSignedBy(runs(provider), row.signature, trusted)).toBe(true);
    const { signature } = await only<{ signature: Buffer }>('SELECT signature FROM providers WHERE id = $1', [planted]);
    expect(isSignedBy(runs(planted), signature, keyringVerifyKeys(current()).map(({ raw }) => raw))).toBe(false);
    const { approval } = await only<{ approval: Buffer }>('SELECT approval FROM workers WHERE id = $1', [worker]);
    expect(isSignedBy(approvalStatement(alone.id, worker, workerKeys), approval, trusted)).toBe(true);
    const { reference } = await only<{ reference: Buffer }>('SELECT reference FROM secret_versions WHERE secret_id = $1', [entry.secretId]);
    expect(isSignedBy(referenceStatement(alone.id, entry), reference, trusted)).toBe(true);
    for (const pool of await api.query<{ number: number; public_key: Buffer; recovery_public_key: Buffer; recovery_envelope: Buffer; signature: Buffer }>('SELECT * FROM pool_epochs')) {
      const statement = poolStatement(alone.id, { epoch: pool.number, publicKey: pool.public_key, recoveryPublicKey: pool.recovery_public_key, recoveryEnvelope: pool.recovery_envelope });
      expect(isSignedBy(statement, pool.signature, trusted)).toBe(true);
    }
  });

  test('again for what a server wrote meanwhile that did not use them yet, and nothing is left then', async () => {
    await api.query('UPDATE providers SET configuration = $2 WHERE id = $1', [provider, sealRecord(before, provider, Buffer.from('{}'))]);
    expect((await keyringWork(current())).records).toBe(1);
    expect((await rotateKeyring(actor)).done).toEqual({ records: 1, signatures: 0 });
    expect(await keyringWork(current())).toEqual({ records: 0, signatures: 0, values: 1 });
  });

  test('an older copy of the keyring starts no server any more', async () => {
    const now = serializeKeyring(current());
    writeFileSync(env().keyringFile, serializeKeyring(before));
    await expect(bootstrap()).rejects.toThrow(/another copy than the one in use/);
    writeFileSync(env().keyringFile, now);
    await expect(bootstrap()).resolves.toBeDefined();
  });

  test('the old ones stay until no value and no worker needs them', async () => {
    await expect(retireKeys(actor)).rejects.toThrow(/1 stored values are still signed with an old key/);
    // As a worker does it that seals them again.
    await api.query('DELETE FROM sealed_values v USING secret_versions sv WHERE sv.id = v.version_id AND sv.secret_id = $1', [secret]);
    await expect(retireKeys(actor)).rejects.toThrow(/would trust this server no more: far away/);
    await api.query(`UPDATE workers SET last_seen = now() + interval '1 minute'`);
    await expect(retireKeys(actor)).rejects.toThrow(/far away/);
    await api.query(`UPDATE workers SET last_seen = now() + interval '10 minutes'`);
    await retireKeys(actor);
    expect([current().keys, current().signing].map(({ length }) => length)).toEqual([1, 1]);
    await expect(bootstrap()).resolves.toBeDefined();
  });

  test('each step is an event, without a key', async () => {
    const events = await api.query<{ action: string; details: object }>(`SELECT action, details FROM audit_events WHERE object_kind = 'keyring' ORDER BY id`);
    expect(events.map(({ action }) => action)).toEqual(['keyring.prepare', 'keyring.rotate', ...Array.from({ length: 5 }, () => 'keyring.reseal'), 'keyring.reseal', 'keyring.retire']);
    const secrets = [...before.keys.map(({ aesKey }) => aesKey), ...current().keys.map(({ aesKey }) => aesKey), ...current().signing.map(({ seed }) => seed)];
    for (const each of secrets) expect(JSON.stringify(events)).not.toContain(Buffer.from(each).toString('base64url'));
  });
});
