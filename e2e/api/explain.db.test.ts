import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminPassword, makePerson, startApi, type Person, type TestApi } from '@/e2e/support/api';
import { statementsOf, unboundedPlans, type Statement } from '@/e2e/support/plans';
import { listOverview, listOwnersForPage } from '@/lib/algorithms/service';
import { listApiKeysForPage } from '@/lib/api-keys/service';
import { forgetOldFailures } from '@/lib/auth/store';
import type { Caller } from '@/lib/auth/caller';
import { signInWithPassword } from '@/lib/auth/sign-in';
import type { DatabaseSettings } from '@/lib/env';
import { newId } from '@/lib/ids';
import { listUsers } from '@/lib/providers/usage-store';
import { getSecretForPage, listSecretsForPage } from '@/lib/secrets/service';
import { purgeRemoved } from '@/lib/secrets/store';
import { openStore } from '@/server/delivery/store';
import { findStored, listStored, replaceStored } from '@/server/delivery/store-reseal';
import { listPools } from '@/server/delivery/store-workers';

/** Tables that grow with use. Providers, modules, workers and pool epochs are made by hand, one by one. */
const growing = ['accounts', 'users', 'organizations', 'memberships', 'api_keys', 'one_time_links', 'sign_in_throttles', 'algorithms', 'secrets', 'secret_versions', 'sealed_values', 'audit_events'];

let api: TestApi;
let ana: Person;
let settings: DatabaseSettings;
let algorithm: string;
let secret: string;
const count = { algorithms: 5_000, secrets: 20 };

beforeAll(async () => {
  api = await startApi();
  settings = JSON.parse(process.env.SECRET_STORE_DATABASE ?? '') as DatabaseSettings;
  ana = await makePerson('ana');
  await fill();
  [algorithm = '', secret = ''] = (await api.query<{ id: string }>(
    `(SELECT id FROM algorithms WHERE owner_id = $1 ORDER BY id LIMIT 1) UNION ALL (SELECT s.id FROM secrets s WHERE s.algorithm_id = (SELECT id FROM algorithms WHERE owner_id = $1 ORDER BY id LIMIT 1) LIMIT 1)`,
    [ana.id],
  )).map(({ id }) => id);
}, 180_000);
afterAll(() => api?.close());

/** 100,000 secrets of 5,000 algorithms, a tenth of which are Ana's, among 20,000 users and 5,000 organizations. */
async function fill(): Promise<void> {
  for (const sql of [
    `INSERT INTO accounts (id, name, name_key, kind) SELECT gen_random_uuid(), 'user' || n, 'user' || n, 'user' FROM generate_series(1, 20000) n`,
    `INSERT INTO users (id, email, email_key) SELECT id, name || '@example.com', name || '@example.com' FROM accounts WHERE name LIKE 'user%'`,
    `INSERT INTO accounts (id, name, name_key, kind) SELECT gen_random_uuid(), 'org' || n, 'org' || n, 'organization' FROM generate_series(1, 5000) n`,
    `INSERT INTO organizations (id) SELECT id FROM accounts WHERE name LIKE 'org%'`,
    `INSERT INTO memberships (organization_id, user_id) SELECT o.id, u.id FROM (SELECT id, row_number() OVER () AS n FROM organizations) o JOIN (SELECT id, row_number() OVER () AS n FROM users) u ON u.n BETWEEN o.n * 4 AND o.n * 4 + 4`,
    `INSERT INTO memberships (organization_id, user_id) SELECT id, '${ana.id}' FROM organizations LIMIT 3 ON CONFLICT DO NOTHING`,
    `INSERT INTO api_keys (id, user_id, kind, lookup, mask) SELECT gen_random_uuid(), id, 'AlgorithmKey', sha256((id::text || n)::bytea), 'sim…' FROM users, generate_series(1, 5) n`,
    `INSERT INTO one_time_links (id, user_id, token_hash, expires) SELECT gen_random_uuid(), id, sha256(id::text::bytea), now() FROM users`,
    `INSERT INTO sign_in_throttles (subject, since) SELECT 'account:' || n, now() - n * interval '1 second' FROM generate_series(1, 5000) n`,
    `INSERT INTO algorithms (id, owner_id, name, name_key) SELECT gen_random_uuid(), CASE WHEN i % 10 = 0 THEN '${ana.id}' ELSE u.id END, 'algorithm' || i, 'algorithm' || i
       FROM generate_series(1, ${count.algorithms}) i JOIN (SELECT id, row_number() OVER () AS n FROM users) u ON u.n = i`,
    `INSERT INTO secrets (id, algorithm_id, secret_key, live_key, short_name, provider_id, current_version_id, revision)
       SELECT gen_random_uuid(), a.id, 'KEY_' || n, 'KEY_' || n, 'n', '${api.internalProvider}', gen_random_uuid(), (random() * 1e15)::bigint FROM algorithms a, generate_series(1, ${count.secrets}) n`,
    `INSERT INTO secret_versions (id, secret_id, version) SELECT current_version_id, id, 1 FROM secrets`,
    `INSERT INTO sealed_values (version_id, pool_epoch, envelope) SELECT current_version_id, 1, sha256(id::text::bytea) FROM secrets`,
    `INSERT INTO audit_events (action, outcome, actor_kind, object_kind, object_id) SELECT 'secret.create', 'done', 'user', 'secret', id FROM secrets`,
    'ANALYZE',
  ]) await api.query(sql);
}

/** The statements that some work sends, each with what of its plans would grow. */
async function faultsOf(statements: Statement[], client?: pg.Pool): Promise<Record<string, string[]>> {
  const own = client ?? new pg.Pool({ ...settings, max: 1 });
  const faults: Record<string, string[]> = {};
  for (const statement of statements) {
    const found = await unboundedPlans(own, statement, growing);
    if (found.length > 0) faults[statement.text] = found;
  }
  if (!client) await own.end();
  return faults;
}

const caller = (person: Person, more: Partial<Caller> = {}): Caller => ({
  userId: person.id, username: person.name, isAdmin: false, isClusterViewer: false, memberships: new Map(), via: 'session', requestId: newId(), address: '', ...more,
});

test('there are 100,000 secrets', async () => {
  const [row] = await api.query<{ n: number }>('SELECT count(*)::int AS n FROM secrets');
  expect(row?.n).toBe(100_000);
});

describe('at 100,000 secrets every statement goes by an index, never through a whole table, in', () => {
  const get = (path: string, as: () => Person) => async () => {
    const answer = await api.call('GET', path.replace('ALGORITHM', algorithm), { as: as() });
    expect(answer.status).toBe(200);
  };
  const [asAna, asAdmin] = [() => ana, () => api.admin];
  const markerOf = (name: string) => Buffer.from(name).toString('base64url');

  test.each<[string, () => Promise<unknown>]>([
    ['the list of secrets', get('/v1/algorithms/ALGORITHM/secrets', asAna)],
    ['the list of an owner’s algorithms', get('/v1/algorithms/ana', asAna)],
    ['its second page', get(`/v1/algorithms/ana?marker=${markerOf('algorithm500')}&limit=50`, asAna)],
    ['one algorithm', get('/v1/algorithms/ana/algorithm10', asAna)],
    ['the list of users', get('/v1/users', asAdmin)],
    ['its second page', get(`/v1/users?marker=${markerOf('user500')}`, asAdmin)],
    ['one user', get('/v1/users/user500', asAdmin)],
    ['a user’s keys', get('/v1/users/user500/keys', asAdmin)],
    ['the list of all organizations', get('/v1/organizations', asAdmin)],
    ['its second page', get(`/v1/organizations?marker=${markerOf('org500')}`, asAdmin)],
    ['the list of a user’s organizations', get('/v1/organizations', asAna)],
    ['one organization', get('/v1/organizations/org500', asAdmin)],
    ['its members', get('/v1/organizations/org500/members', asAdmin)],
    ['the list of providers', get('/v1/admin/secret-provider', asAdmin)],
    ['the page of the secrets on a provider', () => listUsers(api.internalProvider, undefined, 51)],
    ['its second page', async () => listUsers(api.internalProvider, (await listUsers(api.internalProvider, undefined, 51)).at(-1)?.id, 51)],
    ['the providers that can be used', get('/v1/secret-provider', asAna)],
    ['the page of algorithms of a user', () => listOverview(caller(ana))],
    ['its second page', async () => listOverview(caller(ana), (await listOverview(caller(ana))).algorithms.at(-1)?.id)],
    ['the page of algorithms of a member of organizations', () => listOverview(caller(ana, { memberships: new Map([[newId(), 'member'], [newId(), 'owner']]) }))],
    ['the page of algorithms of an admin', () => listOverview(caller(api.admin, { isAdmin: true }))],
    ['the page of an algorithm’s secrets', () => listSecretsForPage(caller(ana), algorithm)],
    ['the page of one secret', () => getSecretForPage(caller(ana), algorithm, secret)],
    ['the page of keys', () => listApiKeysForPage(caller(ana))],
    ['the choice of owners', () => listOwnersForPage(caller(ana, { memberships: new Map([[newId(), 'member']]) }))],
    ['signing in', () => signInWithPassword('root', adminPassword, { requestId: newId(), address: '192.0.2.1' })],
    ['a refused sign-in', () => signInWithPassword('nobody', 'x', { requestId: newId(), address: '192.0.2.1' }).catch(() => undefined)],
    ['housekeeping', () => Promise.all([purgeRemoved(), forgetOldFailures()])],
  ])('%s', async (_what, work) => {
    // Once before, so that what is looked up once a second is looked up now too.
    await new Promise((resolve) => setTimeout(resolve, 510));
    const statements = await statementsOf(work);
    expect(statements.length).toBeGreaterThan(0);
    expect(await faultsOf(statements)).toEqual({});
  });

  test('each change of a secret', async () => {
    const path = `/v1/algorithms/${algorithm}/secrets`;
    const statements = await statementsOf(async () => {
      const made = (await api.call('POST', path, { as: ana, body: { short_name: 'n', secret_key: 'NEW', secret_value: 'v' } })).json();
      await api.call('PUT', `${path}/${String(made.id)}`, { as: ana, body: { short_name: 'n', secret_value: 'w' } });
      await api.call('PUT', `${path}/${String(made.id)}`, { as: ana, body: { short_name: 'm' } });
      await api.call('DELETE', `${path}/${String(made.id)}`, { as: ana });
      await api.call('POST', `${path}/${String(made.id)}/restore`, { as: ana });
    });
    expect(statements.length).toBeGreaterThan(8);
    expect(await faultsOf(statements)).toEqual({});
  });

  test('each change of an algorithm, a user, a key, an organization, a provider', async () => {
    const call = async (method: string, path: string, body?: unknown) => {
      const answer = await api.call(method, path, { as: api.admin, body });
      expect(answer.status).toBeLessThan(300);
      return String((answer.json() ?? {}).id);
    };
    const statements = await statementsOf(async () => {
      await call('POST', '/v1/users', { username: 'fresh', email: 'fresh@example.com' });
      await call('POST', '/admin/roles/fresh/cluster_viewer');
      const key = await call('POST', '/v1/users/fresh/keys', { key_type: 'AlgorithmKey' });
      await call('DELETE', `/v1/users/fresh/keys/${key}`);
      await call('POST', '/v1/organizations', { org_name: 'freshorg' });
      await call('PUT', '/v1/organizations/freshorg', { org_label: 'l' });
      await call('PUT', '/v1/organizations/freshorg/members/fresh');
      await call('DELETE', '/v1/organizations/freshorg/members/fresh');
      await call('POST', '/v1/algorithms/freshorg', { name: 'fresh' });
      await call('DELETE', '/v1/algorithms/freshorg/fresh');
      await call('DELETE', '/v1/organizations/freshorg');
      await call('DELETE', '/v1/users/fresh');
      const provider = await call('POST', '/v1/admin/secret-provider', { name: 'Fresh', factoryClassName: 'x.Y' });
      await call('POST', `/v1/admin/plugins/secret-provider/${provider}/default`);
      await call('POST', `/v1/admin/plugins/secret-provider/${api.internalProvider}/default`);
      await call('DELETE', `/v1/admin/secret-provider/${provider}`);
    });
    expect(await faultsOf(statements)).toEqual({});
  });

  test('each delivery', async () => {
    const store = openStore(settings);
    const [worker] = [newId()];
    await api.query(`INSERT INTO workers (id, name, state, box_key, sign_key, fingerprint) VALUES ($1, 'w', 'approved', 'b', 's', '')`, [worker]);
    const row = { workerId: worker, asked: '', requestId: newId(), address: '', reason: 'start', clientTag: '', cachedTag: '' };
    try {
      const statements = await statementsOf(async () => {
        const found = await store.starts([{ ...row, algorithmId: algorithm, ownerKey: null, nameKey: null }, { ...row, algorithmId: null, ownerKey: 'ana', nameKey: 'algorithm10' }]);
        expect(found.map(({ name }) => name)).toEqual([expect.any(String), 'algorithm10']);
        await store.repeat('', [{ ...row, workerName: 'w', algorithmId: algorithm, algorithm: 'ana/algorithm10', tag: '' }]);
        await store.changed({ [algorithm]: 'x' });
        await store.workerStates([worker]);
      });
      expect(statements).toHaveLength(4);
      // With the settings of the store's own connections, as they are when it asks.
      expect(await faultsOf(statements, store.pool)).toEqual({});
    } finally {
      await store.close();
    }
  });

  test('each batch that is sealed again for a newer pool key', async () => {
    const store = openStore(settings);
    const audit = { action: 'pool.reseal', actor: { kind: 'worker', name: 'w' }, object: { name: 'epoch 2' } } as const;
    try {
      const statements = await statementsOf(async () => {
        const rows = await listStored(store.pool, 1, newId(), 100);
        expect(await findStored(store.pool, rows.map(({ versionId }) => versionId))).toHaveLength(rows.length);
        await replaceStored(store.pool, 2, [{ versionId: newId(), was: Buffer.alloc(32), envelope: Buffer.from('x') }], audit);
        expect(await listPools(store.pool)).toMatchObject([{ epoch: 1, used: true }]);
      });
      expect(statements).toHaveLength(4);
      expect(await faultsOf(statements, store.pool)).toEqual({});
    } finally {
      await store.close();
    }
  });
});

test('the check itself finds a whole table and a whole index', async () => {
  const fault = async (text: string) => Object.values(await faultsOf([{ text, values: [], name: undefined }])).flat();
  expect(await fault('SELECT * FROM secrets WHERE short_name = $$x$$')).toEqual(['Seq Scan on secrets']);
  expect(await fault('SELECT count(*) FROM secrets')).toEqual([expect.stringMatching(/Seq Scan on secrets|whole Index Only Scan/)]);
  expect(await fault('SELECT * FROM secrets ORDER BY id LIMIT 5')).toEqual([]);
  expect(await fault('SELECT * FROM secrets ORDER BY short_name LIMIT 5')).not.toEqual([]);
});
