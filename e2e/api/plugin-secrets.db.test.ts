import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import type { Answer } from '@/e2e/support/http';
import { PluginScene } from '@/e2e/support/plugin-scene';
import { refusalOf } from '@/e2e/support/secrets';
import { isSignedReference } from '@/lib/providers/runnable';
import { takeDue } from '@/lib/secrets/intent-store';
import { settleIntents } from '@/lib/secrets/settle';

let scene: PluginScene;
beforeAll(async () => {
  scene = await PluginScene.start();
});
afterAll(() => scene?.end());

interface StoredRow {
  version: number;
  provider_key: string;
  provider_version: string | null;
  reference: Buffer;
  linked: boolean;
  secret_key: string;
  provider_id: string;
}

async function stored(secretId: string): Promise<StoredRow | undefined> {
  const [row] = await scene.api.query<StoredRow>(
    `SELECT s.version, v.provider_key, v.provider_version, v.reference, s.linked, s.secret_key, s.provider_id FROM secrets s JOIN secret_versions v ON v.id = s.current_version_id WHERE s.id = $1`,
    [secretId],
  );
  return row;
}

/** The version of an entry in a file-backed provider's folder. */
const versionIn = (folder: string, key: string) => readFileSync(path.join(folder, key), 'utf8').split('\n')[0];
const messageOf = (answer: { json<T>(): T }) => answer.json<{ error: { message: string } }>().error.message;
const usedBy = async (id: string) => (await scene.api.call('GET', `/v1/admin/secret-provider/${id}`, { as: scene.api.admin })).json<{ usedBy: number }>().usedBy;

async function made(providerId: string, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await scene.create(providerId, more);
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: answer.text });
  return String(answer.json().id);
}

/** Settles what is left, however far off its time is: as if the server that began it were gone for long. */
async function settleAll(tries = 5): Promise<void> {
  for (let left = tries; left > 0 && (await scene.intents()).length > 0; left--) {
    await scene.api.query('UPDATE secret_intents SET due = now()');
    await settleIntents();
  }
}

/** While `work` runs, the database refuses what the trigger is on: the fault that a crash or a full disk is. */
async function refusing<T>(operation: 'INSERT' | 'UPDATE' | 'DELETE', work: () => Promise<T>): Promise<T> {
  await scene.api.query(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$`);
  await scene.api.query(`CREATE TRIGGER refuse BEFORE ${operation} ON secrets FOR EACH ROW EXECUTE FUNCTION refuse()`);
  try {
    return await work();
  } finally {
    await scene.api.query('DROP TRIGGER refuse ON secrets');
  }
}

afterEach(async () => {
  await scene.api.query('DELETE FROM secret_intents');
});

describe('a secret on a provider with a plugin', () => {
  test('goes to its backend, is changed and deleted there, and leaves its metadata here only', async () => {
    const { id, folder } = await scene.fileStore();
    const secretId = await made(id, { secret_value: 'multi\nline ✓\n' });
    expect(Object.values(scene.entries(folder))).toEqual(['multi\nline ✓\n']);
    expect(await usedBy(id)).toBe(1);
    const first = await stored(secretId);
    expect((await scene.edit(secretId, { secret_value: 'another' })).status).toBe(200);
    expect(Object.values(scene.entries(folder))).toEqual(['another']);
    const second = await stored(secretId);
    expect(second).toMatchObject({ version: 2, provider_key: first?.provider_key, provider_version: versionIn(folder, first?.provider_key ?? '') });
    expect((await scene.remove(secretId)).status).toBe(204);
    expect(scene.entries(folder)).toEqual({});
    expect(refusalOf(await scene.remove(secretId))).toEqual([404, 8008]);
    expect(await usedBy(id)).toBe(0);
    expect(await scene.intents()).toEqual([]);
    expect(await scene.eventsOf(secretId)).toEqual(['secret.create done', 'secret.update done', 'secret.remove done']);
    expect(await scene.api.query('SELECT * FROM secret_versions WHERE secret_id = $1', [secretId])).toEqual([]);
  });

  test('takes the largest value', async () => {
    const { id, folder } = await scene.fileStore();
    const value = '✓'.repeat(21_845);
    await made(id, { secret_value: value });
    expect(Object.values(scene.entries(folder))).toEqual([value]);
  });

  test('has a signed reference to its entry, anew for each version', async () => {
    const { id } = await scene.fileStore();
    const secretId = await made(id);
    await scene.edit(secretId, { secret_value: 'next' });
    const row = await stored(secretId);
    const entry = { algorithmId: scene.algorithm, secretId, secretKey: row?.secret_key ?? '', version: 2, providerId: id, providerKey: row?.provider_key ?? '' };
    expect(isSignedReference(entry, row?.reference ?? null)).toBe(true);
    expect(isSignedReference({ ...entry, version: 1 }, row?.reference ?? null)).toBe(false);
    expect(isSignedReference({ ...entry, providerKey: 'other' }, row?.reference ?? null)).toBe(false);
  });

  test('keeps its value when only its name is changed, and its plugin is not asked', async () => {
    const { id, folder } = await scene.fileStore();
    const secretId = await made(id);
    const before = await stored(secretId);
    rmSync(path.join(folder, before?.provider_key ?? ''));
    expect((await scene.edit(secretId, { short_name: 'renamed' })).json()).toMatchObject({ short_name: 'renamed' });
    expect(await stored(secretId)).toEqual(before);
  });

  test('ends, after many edits at once, with the value and the version that its backend has', async () => {
    const { id, folder } = await scene.fileStore();
    const secretId = await made(id);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => scene.edit(secretId, { secret_value: `value ${n}` })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const row = await stored(secretId);
    expect(row).toMatchObject({ version: 13, provider_version: versionIn(folder, row?.provider_key ?? '') });
  });

  test('is refused with a taken name before its provider is asked', async () => {
    const { id, folder } = await scene.fileStore();
    await made(id, { secret_key: 'TAKEN_HERE' });
    expect(refusalOf(await scene.create(id, { secret_key: 'TAKEN_HERE' }))).toEqual([400, 8001]);
    expect(Object.keys(scene.entries(folder))).toHaveLength(1);
  });

  test('created twice at once under one name is there once, with one entry', async () => {
    const { id, folder } = await scene.fileStore();
    const answers = await Promise.all([1, 2, 3].map(() => scene.create(id, { secret_key: 'RACE' })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200).map(refusalOf)).toEqual([[400, 8001], [400, 8001]]);
    await settleAll();
    expect(Object.keys(scene.entries(folder))).toHaveLength(1);
    expect(await scene.intents()).toEqual([]);
  });
});

describe('a provider', () => {
  test('that is disabled is not asked anything, and deletes what is removed all the same', async () => {
    const { id, folder, request } = await scene.fileStore();
    const secretId = await made(id);
    await scene.api.call('POST', `/v1/admin/secret-provider/${id}`, { as: scene.api.admin, body: { ...request, isEnabled: false } });
    expect(refusalOf(await scene.create(id))).toEqual([409, 8012]);
    expect(refusalOf(await scene.edit(secretId, { secret_value: 'x' }))).toEqual([409, 8012]);
    expect(refusalOf(await scene.edit(secretId, { short_name: 'x' }))).toEqual([409, 8012]);
    expect(Object.keys(scene.entries(folder))).toHaveLength(1);
    expect((await scene.remove(secretId)).status).toBe(204);
    expect(scene.entries(folder)).toEqual({});
  });

  test('that stores no new values is said to with 8003', async () => {
    const { id, folder } = await scene.fileStore({ allows_create: 'false' });
    const answer = await scene.create(id);
    expect(refusalOf(answer)).toEqual([409, 8003]);
    expect(messageOf(answer)).toContain('provider_key');
    expect(scene.entries(folder)).toEqual({});
  });

  test('that changes no values is said to with 8014, and its secrets’ names change', async () => {
    const { id } = await scene.fileStore({ allows_update: 'false' });
    const secretId = await made(id);
    expect(refusalOf(await scene.edit(secretId, { secret_value: 'x' }))).toEqual([409, 8014]);
    expect((await scene.edit(secretId, { short_name: 'x' })).status).toBe(200);
  });

  test('that deletes nothing is said to with 8010; forgetting the secret leaves the entry there', async () => {
    const { id, folder } = await scene.fileStore({ allows_delete: 'false' });
    const secretId = await made(id);
    const answer = await scene.remove(secretId);
    expect(refusalOf(answer)).toEqual([502, 8010]);
    expect(messageOf(answer)).toContain('forget=true');
    expect((await scene.remove(secretId, '?forget=true')).status).toBe(204);
    expect(Object.keys(scene.entries(folder))).toHaveLength(1);
    expect(await usedBy(id)).toBe(0);
    const [event] = await scene.api.query<{ details: unknown }>(`SELECT details FROM audit_events WHERE object_id = $1 AND action = 'secret.remove'`, [secretId]);
    expect(event?.details).toMatchObject({ onlyHere: true });
  });

  test('needs a value or the key of an entry: 8004', async () => {
    const { id } = await scene.fileStore();
    expect(refusalOf(await scene.create(id, { secret_value: undefined }))).toEqual([400, 8004]);
    expect(refusalOf(await scene.create(scene.api.internalProvider, { secret_value: undefined, provider_key: 'x' }))).toEqual([400, 8004]);
    expect(refusalOf(await scene.create(id, { provider_key: 'x' }))).toEqual([400, 8001]);
  });

  test('that says an entry is not there has its secret kept, on update and on removal', async () => {
    const { id, folder } = await scene.fileStore();
    const secretId = await made(id);
    rmSync(path.join(folder, (await stored(secretId))?.provider_key ?? ''));
    expect(refusalOf(await scene.edit(secretId, { secret_value: 'x' }))).toEqual([502, 8007]);
    const answer = await scene.remove(secretId);
    expect(refusalOf(answer)).toEqual([502, 8010]);
    expect(messageOf(answer)).toMatch(/says that the entry is not there; check its token and path.*forget=true/);
    expect(await stored(secretId)).toMatchObject({ version: 1 });
    expect(await scene.intents()).toEqual([]);
    expect(await scene.eventsOf(secretId)).toEqual(['secret.create done', 'secret.update failed', 'secret.remove failed']);
    expect((await scene.remove(secretId, '?forget=true')).status).toBe(204);
  });

  test('whose backend fails is answered with its own reason: 8009, 8007, 8010', async () => {
    const { id, folder } = await scene.fileStore();
    const secretId = await made(id);
    chmodSync(folder, 0o500);
    const [creating, editing, removing] = [await scene.create(id), await scene.edit(secretId, { secret_value: 'x' }), await scene.remove(secretId)];
    chmodSync(folder, 0o700);
    expect([creating, editing, removing].map(refusalOf)).toEqual([[502, 8009], [502, 8007], [502, 8010]]);
    for (const answer of [creating, editing, removing]) expect(messageOf(answer)).toMatch(/AccessDenied/);
    await settleAll();
    expect(await stored(secretId)).toMatchObject({ version: 1 });
    expect(await scene.intents()).toEqual([]);
  });

  test('that says "stored" when nothing was is found out by reading back: 8009, 8007', async () => {
    const forgetful = await scene.provider('wrong', { wrong: 'create-forgets' });
    const creating = await scene.create(forgetful.id);
    expect(refusalOf(creating)).toEqual([502, 8009]);
    expect(messageOf(creating)).toMatch(/said that it stored the value, but the entry is not there/);
    const careless = await scene.provider('wrong', { wrong: 'update-forgets' });
    const secretId = await made(careless.id);
    const before = await stored(secretId);
    const editing = await scene.edit(secretId, { secret_value: 'x' });
    expect(refusalOf(editing)).toEqual([502, 8007]);
    expect(messageOf(editing)).toMatch(/said that it replaced the value, but/);
    await settleIntents();
    expect(await stored(secretId)).toEqual(before);
  });

  test.each([['exit', 'killed'], ['loop', 'within 1 s'], ['throw-error', 'Error']])('whose plugin does harm (%s) fails with its reason, and others go on', async (what, reason) => {
    const witness = await scene.fileStore();
    await made(witness.id);
    const { id } = await scene.provider('hostile', { what, when: 'createSecret', text: 'secret-words' }, { settings: { callTimeoutSeconds: 1 } });
    // Its JVM is there already.
    await scene.create(id);
    const began = performance.now();
    const [answer, undisturbed] = await Promise.all([scene.create(id), scene.create(witness.id)]);
    expect(performance.now() - began).toBeLessThan(slowed(5_000));
    expect(refusalOf(answer)).toEqual([502, 8009]);
    expect(messageOf(answer)).not.toContain('secret-words');
    if (reason !== 'killed') expect(messageOf(answer)).toContain(reason);
    expect(undisturbed.status).toBe(200);
  });
});

describe('what was planted in the database', () => {
  test.each([
    ['module', `UPDATE providers SET module_sha256 = (SELECT sha256 FROM modules WHERE sha256 <> module_sha256 LIMIT 1) WHERE id = $1`],
    ['factory', `UPDATE providers SET factory_class_name = 'com.example.Other' WHERE id = $1`],
    ['settings', `UPDATE providers SET settings = settings || '{"jvmOptions": ["-javaagent:/tmp/x.jar"]}' WHERE id = $1`],
  ])('is not run: another %s', async (_what, sql) => {
    await scene.provider('hostile', { what: 'nothing' });
    const { id, folder } = await scene.fileStore();
    await scene.api.query(sql, [id]);
    const answer = await scene.create(id);
    expect(refusalOf(answer)).toEqual([502, 8009]);
    expect(messageOf(answer)).toContain('was not saved by this server');
    expect(scene.entries(folder)).toEqual({});
  });

  test('makes no plugin touch another entry', async () => {
    const { id, folder } = await scene.fileStore();
    const [mine, other] = [await made(id, { secret_value: 'mine' }), await made(id, { secret_value: 'other' })];
    await scene.api.query('UPDATE secret_versions SET provider_key = $1 WHERE secret_id = $2', [(await stored(other))?.provider_key, mine]);
    const [editing, removing] = [await scene.edit(mine, { secret_value: 'planted' }), await scene.remove(mine)];
    expect([editing, removing].map(refusalOf)).toEqual([[502, 8007], [502, 8010]]);
    expect(Object.values(scene.entries(folder)).toSorted()).toEqual(['mine', 'other']);
  });
});

describe('an entry that its backend has already', () => {
  async function linked() {
    const provider = await scene.fileStore({ allows_create: 'false' });
    writeFileSync(path.join(provider.folder, 'made-by-hand'), 'v1\nits value', { mode: 0o644 });
    chmodSync(path.join(provider.folder, 'made-by-hand'), 0o666);
    return provider;
  }

  test('is linked by its key without a value, and stays there when the secret is removed', async () => {
    const { id, folder } = await linked();
    const secretId = String((await scene.link(id, 'made-by-hand')).json().id);
    expect(await stored(secretId)).toMatchObject({ version: 1, provider_key: 'made-by-hand', provider_version: 'v1', linked: true });
    expect((await scene.remove(secretId)).status).toBe(204);
    expect(scene.entries(folder)).toEqual({ 'made-by-hand': 'its value' });
    expect(await scene.intents()).toEqual([]);
  });

  test('that its provider does not find is not linked', async () => {
    const { id } = await linked();
    const answer = await scene.link(id, 'no-such-entry');
    expect(refusalOf(answer)).toEqual([502, 8009]);
    expect(messageOf(answer)).toMatch(/no entry of this key.*token and path/);
    expect(await usedBy(id)).toBe(0);
  });

  test('is linked by an admin only: whoever links it can read it', async () => {
    const { id } = await linked();
    const answers = await Promise.all(['made-by-hand', 'no-such-entry'].map((key) => scene.link(id, key, scene.algorithm, scene.ana)));
    expect(answers.map(refusalOf)).toEqual([[403, 2001], [403, 2001]]);
    expect(messageOf(answers[0] as Answer)).toMatch(/Only an admin links/);
    expect(await usedBy(id)).toBe(0);
  });
});

describe('when the database did not take what the backend took', () => {
  test('the entry of a secret that was not created is deleted', async () => {
    const { id, folder } = await scene.fileStore();
    const answer = await refusing('INSERT', () => scene.create(id));
    expect(answer.status).toBe(500);
    expect(Object.keys(scene.entries(folder))).toHaveLength(1);
    expect(await scene.intents()).toEqual([{ kind: 'create', provider_key: Object.keys(scene.entries(folder))[0] }]);
    await settleAll();
    expect(scene.entries(folder)).toEqual({});
    expect(await scene.intents()).toEqual([]);
    expect(await scene.api.query(`SELECT outcome, details->>'kind' AS kind FROM audit_events WHERE action = 'secret.settle' ORDER BY id DESC LIMIT 1`)).toEqual([{ outcome: 'done', kind: 'create' }]);
  });

  test('a changed value becomes the secret’s version', async () => {
    const { id, folder } = await scene.fileStore();
    const secretId = await made(id);
    const { provider_key: key = '' } = (await stored(secretId)) ?? {};
    expect((await refusing('UPDATE', () => scene.edit(secretId, { secret_value: 'taken' }))).status).toBe(500);
    expect(scene.entries(folder)[key]).toBe('taken');
    expect(await stored(secretId)).toMatchObject({ version: 1 });
    await settleAll();
    const row = await stored(secretId);
    expect(row).toMatchObject({ version: 2, provider_version: versionIn(folder, key) });
    expect(isSignedReference({ algorithmId: scene.algorithm, secretId, secretKey: row?.secret_key ?? '', version: 2, providerId: id, providerKey: key }, row?.reference ?? null)).toBe(true);
    expect(await scene.eventsOf(secretId)).toEqual(['secret.create done', 'secret.settle done']);
    expect((await scene.edit(secretId, { secret_value: 'and on' })).status).toBe(200);
  });

  test('a removal is finished', async () => {
    const { id, folder } = await scene.fileStore();
    const secretId = await made(id);
    expect((await refusing('DELETE', () => scene.remove(secretId))).status).toBe(500);
    expect(scene.entries(folder)).toEqual({});
    expect(await stored(secretId)).toBeDefined();
    await settleAll();
    expect(await stored(secretId)).toBeUndefined();
    expect(await usedBy(id)).toBe(0);
    expect(await scene.eventsOf(secretId)).toEqual(['secret.create done', 'secret.settle done']);
  });

  test('an update that never reached the backend leaves the secret as it was', async () => {
    const { id } = await scene.fileStore();
    const secretId = await made(id);
    const before = await stored(secretId);
    await scene.api.query(
      `INSERT INTO secret_intents (id, kind, provider_id, algorithm_id, secret_id, provider_key, due) VALUES (gen_random_uuid(), 'update', $1, $2, $3, $4, now())`,
      [id, scene.algorithm, secretId, before?.provider_key],
    );
    await settleIntents();
    expect(await stored(secretId)).toEqual(before);
    expect(await scene.intents()).toEqual([]);
  });

  test('what the server did not live to be told is said in the audit', async () => {
    const { id } = await scene.fileStore();
    const [{ secret_id: lost } = { secret_id: '' }] = await scene.api.query<{ secret_id: string }>(
      `INSERT INTO secret_intents (id, kind, provider_id, algorithm_id, secret_id, due) VALUES (gen_random_uuid(), 'create', $1, $2, gen_random_uuid(), now()) RETURNING secret_id`,
      [id, scene.algorithm],
    );
    await settleIntents();
    expect(await scene.eventsOf(lost)).toEqual(['secret.settle failed']);
    expect(await scene.intents()).toEqual([]);
  });

  test('an entry that cannot be deleted now is deleted later', async () => {
    const { id, folder } = await scene.fileStore();
    await refusing('INSERT', () => scene.create(id));
    chmodSync(folder, 0o500);
    // One may be under way since the refusal, from before the intent was due.
    await settleIntents();
    await settleAll(1);
    chmodSync(folder, 0o700);
    expect(await scene.api.query('SELECT attempts > 0 AS tried FROM secret_intents')).toEqual([{ tried: true }]);
    await settleAll();
    expect(scene.entries(folder)).toEqual({});
  });

  test('each of two servers that settle at once takes others', async () => {
    const { id } = await scene.fileStore();
    await scene.api.query(
      `INSERT INTO secret_intents (id, kind, provider_id, algorithm_id, secret_id, due) SELECT gen_random_uuid(), 'create', $1, $2, gen_random_uuid(), now() FROM generate_series(1, 30)`,
      [id, scene.algorithm],
    );
    const taken = (await Promise.all(Array.from({ length: 6 }, () => takeDue(10, 60)))).flat().map((intent) => intent.id);
    expect(taken).toHaveLength(30);
    expect(new Set(taken).size).toBe(30);
    expect(await takeDue(10, 60)).toEqual([]);
  });

  test('a create that was settled by another server meanwhile is refused, and nothing of it is left', async () => {
    const { id, folder } = await scene.fileStore();
    await scene.api.query(`CREATE FUNCTION settled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.attempts := 1; RETURN NEW; END $$`);
    await scene.api.query('CREATE TRIGGER settled BEFORE UPDATE ON secret_intents FOR EACH ROW EXECUTE FUNCTION settled()');
    const answer = await scene.create(id);
    await scene.api.query('DROP TRIGGER settled ON secret_intents');
    expect(refusalOf(answer)).toEqual([502, 8009]);
    await settleAll();
    expect(scene.entries(folder)).toEqual({});
  });
});

test('deleting an algorithm deletes its entries in the backend, but for linked ones', async () => {
  const { id, folder } = await scene.fileStore();
  writeFileSync(path.join(folder, 'by-hand'), 'v\nstays', { mode: 0o666 });
  chmodSync(path.join(folder, 'by-hand'), 0o666);
  const algorithm = String((await scene.api.call('POST', '/v1/algorithms/ana', { as: scene.ana, body: { name: 'short_lived' } })).json().id);
  for (const made of [scene.create(id, {}, algorithm), scene.create(id, {}, algorithm), scene.link(id, 'by-hand', algorithm)]) expect((await made).status).toBe(200);
  expect((await scene.create(scene.api.internalProvider, {}, algorithm)).status).toBe(200);
  expect((await scene.api.call('DELETE', '/v1/algorithms/ana/short_lived', { as: scene.ana })).status).toBe(204);
  await expect.poll(() => scene.entries(folder)).toEqual({ 'by-hand': 'stays' });
  await expect.poll(() => scene.intents()).toEqual([]);
  expect(await usedBy(id)).toBe(0);
});
