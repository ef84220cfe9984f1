import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminPassword, makePerson, sessionOfPerson, startApi, type Person, type TestApi } from '@/e2e/support/api';
import { digestOfDatabase } from '@/e2e/support/dump';
import type { Answer } from '@/e2e/support/http';
import { refusalOf } from '@/e2e/support/secrets';
import { buildInspector, jarForm } from '@/e2e/support/upload';
import { auditActions, type AuditAction } from '@/lib/audit/events';
import { signInWithPassword } from '@/lib/auth/sign-in';
import { newId } from '@/lib/ids';
import { factory } from '@/lib/plugins/inspect/testing/modules';
import { zipBytes } from '@/lib/plugins/inspect/testing/zip-bytes';
import { projectRoot } from '@/server/root';

interface Event {
  action: AuditAction;
  outcome: string;
  actor_kind: string;
  actor_id: string | null;
  actor_name: string;
  object_kind: string;
  object_id: string | null;
  object_name: string;
  address: string;
  details: Record<string, unknown>;
}

let api: TestApi;
let ana: Person;
let otto: Person;
let count = 0;
/** What earlier changes made, for later ones to be about. */
const made: Record<string, string> = {};

beforeAll(async () => {
  await buildInspector();
  api = await startApi();
  [ana, otto] = [await makePerson('ana'), await makePerson('otto')];
});
afterAll(() => api?.close());

const eventsOf = (requestId: unknown) =>
  api.query<Event>('SELECT action, outcome, actor_kind, actor_id, actor_name, object_kind, object_id, object_name, address, details FROM audit_events WHERE request_id = $1 ORDER BY id', [requestId]);

interface Change {
  method: string;
  path: () => string;
  body?: () => unknown;
  headers?: Record<string, string>;
  /** An admin's unless said. */
  as?: () => Person;
  events: AuditAction[];
  /** The object's name, and where to find its id in the answer or in what was made before. */
  name: string | RegExp;
  keep?: string;
}

const jar = jarForm(zipBytes([{ name: 'x/Y.class', content: factory({ name: 'x/Y' }) }]));

/** Every change that the API can make, in an order in which each can follow the one before. */
const changes: Change[] = [
  { method: 'POST', path: () => '/v1/users', body: () => ({ username: 'new', email: 'new@example.com', password: 'long enough' }), events: ['user.create'], name: 'new', keep: 'user' },
  { method: 'POST', path: () => '/v1/users', body: () => ({ username: 'linked', email: 'linked@example.com' }), events: ['user.create', 'user.password-link'], name: 'linked', keep: 'linked' },
  { method: 'POST', path: () => '/admin/roles/new/cluster_viewer', events: ['role.grant'], name: 'new' },
  { method: 'DELETE', path: () => '/admin/roles/new/cluster_viewer', events: ['role.revoke'], name: 'new' },
  { method: 'POST', path: () => '/v1/users/new/keys', body: () => ({ key_type: 'AlgorithmKey' }), events: ['api-key.create'], name: /^sim...….{4}$/, keep: 'key' },
  { method: 'DELETE', path: () => `/v1/users/new/keys/${made.key}`, events: ['api-key.revoke'], name: /^sim...….{4}$/ },
  { method: 'POST', path: () => '/v1/organizations', body: () => ({ org_name: 'acme' }), events: ['organization.create'], name: 'acme', keep: 'organization' },
  { method: 'PUT', path: () => '/v1/organizations/acme', body: () => ({ org_label: 'A' }), events: ['organization.update'], name: 'acme' },
  { method: 'PUT', path: () => '/v1/organizations/acme/members/new', events: ['member.set'], name: 'acme' },
  { method: 'DELETE', path: () => '/v1/organizations/acme/members/new', events: ['member.remove'], name: 'acme' },
  { method: 'DELETE', path: () => '/v1/organizations/acme', events: ['organization.delete'], name: 'acme' },
  { method: 'POST', path: () => '/v1/algorithms/ana', body: () => ({ name: 'main' }), as: () => ana, events: ['algorithm.create'], name: 'ana/main', keep: 'algorithm' },
  { method: 'POST', path: () => `/v1/algorithms/${made.algorithm}/secrets`, body: () => ({ short_name: 'n', secret_key: 'KEY', secret_value: 'v' }), as: () => ana, events: ['secret.create'], name: 'KEY', keep: 'secret' },
  { method: 'PUT', path: () => `/v1/algorithms/${made.algorithm}/secrets/${made.secret}`, body: () => ({ short_name: 'm', secret_value: 'w' }), as: () => ana, events: ['secret.update'], name: 'KEY' },
  { method: 'PUT', path: () => `/v1/algorithms/${made.algorithm}/secrets/${made.secret}`, body: () => ({ short_name: 'n' }), as: () => ana, events: ['secret.update'], name: 'KEY' },
  { method: 'DELETE', path: () => `/v1/algorithms/${made.algorithm}/secrets/${made.secret}`, as: () => ana, events: ['secret.remove'], name: 'KEY' },
  { method: 'POST', path: () => `/v1/algorithms/${made.algorithm}/secrets/${made.secret}/restore`, as: () => ana, events: ['secret.restore'], name: 'KEY' },
  { method: 'DELETE', path: () => '/v1/algorithms/ana/main', as: () => ana, events: ['algorithm.delete'], name: 'ana/main' },
  { method: 'POST', path: () => '/v1/admin/secret-provider', body: () => ({ name: 'Plugin', factoryClassName: 'x.Y', configuration: { token: 'hidden' } }), events: ['provider.create'], name: 'Plugin', keep: 'provider' },
  { method: 'POST', path: () => `/v1/admin/plugins/secret-provider/${made.provider}`, body: () => jar.body, headers: jar.headers, events: ['module.upload'], name: 'Plugin' },
  { method: 'POST', path: () => `/v1/admin/secret-provider/${made.provider}`, body: () => ({ name: 'Plugin', factoryClassName: 'x.Y', configuration: { token: null } }), events: ['provider.update'], name: 'Plugin' },
  { method: 'POST', path: () => `/v1/admin/secret-provider/${made.provider}`, body: () => ({ name: 'Plugin', factoryClassName: 'x.Y', isEnabled: false }), events: ['provider.disable'], name: 'Plugin' },
  { method: 'POST', path: () => `/v1/admin/secret-provider/${made.provider}`, body: () => ({ name: 'Plugin', factoryClassName: 'x.Y' }), events: ['provider.enable'], name: 'Plugin' },
  { method: 'POST', path: () => `/v1/admin/plugins/secret-provider/${made.provider}/default`, events: ['provider.set-default'], name: 'Plugin' },
  { method: 'POST', path: () => `/v1/admin/plugins/secret-provider/${api.internalProvider}/default`, events: ['provider.set-default'], name: 'algorithmia_internal_secret_provider' },
  { method: 'DELETE', path: () => `/v1/admin/secret-provider/${made.provider}`, events: ['provider.delete'], name: 'Plugin' },
  { method: 'DELETE', path: () => '/v1/users/new', events: ['user.delete'], name: 'new' },
];

async function perform({ method, path: at, body, headers, as, keep }: Change): Promise<Answer> {
  const answer = await api.call(method, at(), { as: as?.() ?? api.admin, body: body?.(), ...(headers && { headers }) });
  if (keep && answer.status < 300) made[keep] = String(answer.json().id);
  if (keep === 'linked' && answer.status < 300) made.token = String(answer.json().one_time_link).split('#')[1] ?? '';
  return answer;
}

describe('without the event there is no change:', () => {
  beforeAll(async () => {
    await api.query(`CREATE FUNCTION no_events() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is broken'; END $$`);
  });
  const breakLog = () => api.query('CREATE TRIGGER no_events BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION no_events()');
  const mendLog = () => api.query('DROP TRIGGER IF EXISTS no_events ON audit_events');

  test.each(changes)('$method that is $events', async (change) => {
    const before = await digestOfDatabase(api);
    await breakLog();
    try {
      expect(refusalOf(await perform(change))).toEqual([500, 5001]);
      expect(await digestOfDatabase(api)).toEqual(before);
    } finally {
      await mendLog();
    }
    // Made now, so that what comes after it has something to be about.
    expect((await perform(change)).status).toBeLessThan(300);
  });

  test('no sign-in, no password set by a link, and no refusal that is not on record', async () => {
    const { one_time_link: link } = (await api.call('POST', '/v1/users', { as: api.admin, body: { username: 'unset', email: 'unset@example.com' } })).json();
    const before = await digestOfDatabase(api);
    await breakLog();
    try {
      await expect(signInWithPassword('root', adminPassword, { requestId: newId(), address: '192.0.2.1' })).rejects.toThrow(/audit log is broken/);
      const redeemed = await api.call('POST', '/v1/password-links/redeem', { body: { token: String(link).split('#')[1], password: 'long enough' }, headers: { 'content-type': 'application/json' } });
      expect(refusalOf(redeemed)).toEqual([500, 5001]);
      expect(refusalOf(await api.call('GET', '/v1/users', { as: otto }))).toEqual([500, 5001]);
      expect((await api.call('GET', '/v1/users', { as: api.admin })).status).toBe(200);
      expect(await digestOfDatabase(api)).toEqual(before);
    } finally {
      await mendLog();
    }
    for (const name of ['linked', 'unset']) await api.call('DELETE', `/v1/users/${name}`, { as: api.admin });
  });
});

describe('each change is one event with actor, object, request id and address:', () => {
  test.each(changes)('$method that is $events', async (change) => {
    const answer = await perform(change);
    expect(answer.status).toBeLessThan(300);
    const events = await eventsOf(answer.headers['x-request-id']);
    expect(events.map(({ action }) => action)).toEqual(change.events);
    const person = change.as?.() ?? api.admin;
    for (const event of events) {
      expect(event).toMatchObject({ outcome: 'done', actor_kind: 'user', actor_id: person.id, actor_name: person.name, object_kind: auditActions[event.action].object, address: '127.0.0.1' });
      expect(event.object_name).toMatch(typeof change.name === 'string' ? new RegExp(`^${change.name}$`) : change.name);
      expect(event.object_id).toMatch(/^[0-9a-f-]{36}$/);
      if (change.keep) expect(event.object_id).toBe(made[change.keep]);
      expect(JSON.stringify(event)).not.toContain('hidden');
    }
  });

  test('a password set by a link is its user’s own', async () => {
    const answer = await api.call('POST', '/v1/password-links/redeem', { body: { token: made.token, password: 'long enough' }, headers: { 'content-type': 'application/json' } });
    expect(await eventsOf(answer.headers['x-request-id'])).toMatchObject([{ action: 'user.set-password', outcome: 'done', actor_kind: 'user', actor_id: made.linked, actor_name: 'linked' }]);
  });

  test('of twenty edits at once each has its own', async () => {
    const { id } = (await api.call('POST', '/v1/algorithms/ana', { as: ana, body: { name: 'busy' } })).json();
    const secrets = `/v1/algorithms/${String(id)}/secrets`;
    const secret = (await api.call('POST', secrets, { as: ana, body: { short_name: 'n', secret_key: 'K', secret_value: 'v' } })).json();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => api.call('PUT', `${secrets}/${String(secret.id)}`, { as: ana, body: { short_name: `n${i}`, secret_value: `v${i}` } })));
    const versions: unknown[] = [];
    for (const answer of answers) {
      const events = await eventsOf(answer.headers['x-request-id']);
      expect(events).toHaveLength(1);
      versions.push(events[0]?.details.version);
    }
    expect(new Set(versions).size).toBe(20);
  });
});

describe('each refusal is one event:', () => {
  const refused = async (answer: Answer) => eventsOf(answer.headers['x-request-id']);

  test('of what a user may not do', async () => {
    const answer = await api.call('POST', '/v1/organizations', { as: otto, body: { org_name: 'mine' } });
    expect(await refused(answer)).toMatchObject([{ action: 'request.refuse', outcome: 'refused', actor_id: otto.id, actor_name: 'otto', object_name: 'POST /v1/organizations', address: '127.0.0.1', details: { code: 2001 } }]);
  });

  test('of what a user may not know of', async () => {
    const answer = await api.call('GET', '/v1/algorithms/ana/busy', { as: otto });
    expect(await refused(answer)).toMatchObject([{ action: 'request.refuse', actor_name: 'otto', details: { code: 1000 } }]);
    expect(await refused(await api.call('GET', '/v1/algorithms/ana/nothing', { as: otto }))).toEqual([]);
  });

  test('of a key that nobody has, without the key', async () => {
    const key = `sim${'k'.repeat(25)}`;
    const events = await refused(await api.call('GET', '/v1/users', { as: { key } }));
    expect(events).toMatchObject([{ action: 'request.refuse', actor_kind: 'anonymous', actor_id: null, details: { code: 2002 } }]);
    expect(JSON.stringify(events)).not.toContain('kkkk');
  });

  test('of a foreign page', async () => {
    const answer = await api.call('DELETE', '/v1/users/otto', { as: await sessionOfPerson(api.admin), headers: { origin: 'https://evil.example' } });
    expect(await refused(answer)).toMatchObject([{ action: 'request.refuse', actor_name: 'root', details: { code: 2001 } }]);
  });

  test('with the route’s pattern in place of the path, which may hold a secret by mistake', async () => {
    const events = await refused(await api.call('GET', '/v1/users/pasted_by_mistake', { as: { key: 'x' } }));
    expect(JSON.stringify(events)).toContain('/v1/users/[username]');
    expect(JSON.stringify(events)).not.toContain('pasted');
  });
});

describe('each attempt to sign in is one event:', () => {
  test.each([
    ['that succeeds', 'root', adminPassword, { outcome: 'done', actor_kind: 'user', actor_name: 'root', object_name: 'root' }],
    ['with a wrong password', 'root', 'wrong', { outcome: 'refused', actor_kind: 'anonymous', actor_name: '', object_name: 'root', details: { reason: 'wrong credentials' } }],
    ['with a name that nobody has, which is not kept', 'a password typed here', 'x', { outcome: 'refused', actor_kind: 'anonymous', actor_name: '', object_name: '', object_id: null }],
  ])('one %s', async (_which, name, password, expected) => {
    const requestId = newId();
    await signInWithPassword(name, password, { requestId, address: `192.0.2.${++count}` }).catch(() => undefined);
    expect(await eventsOf(requestId)).toMatchObject([{ action: 'session.begin', address: `192.0.2.${count}`, ...expected }]);
  });
});

test('every kind of event is recorded somewhere, and every one that a statement names is in the table', async () => {
  const sources: string[] = [];
  for (const folder of ['lib', 'server', 'app']) {
    for (const file of await readdir(path.join(projectRoot, folder), { recursive: true })) {
      if (/\.(ts|tsx|mjs)$/.test(file) && !/generated|\.test\.|audit\/events\.ts$/.test(file)) sources.push(await readFile(path.join(projectRoot, folder, file), 'utf8'));
    }
  }
  const code = sources.join('\n');
  expect(Object.keys(auditActions).filter((action) => !code.includes(`'${action}'`))).toEqual([]);
  const inSql = [...code.matchAll(/INSERT INTO audit_events[^`]*?SELECT '([a-z.-]+)'/g)].map(([, action]) => action);
  expect(inSql.length).toBeGreaterThan(0);
  for (const action of inSql) expect(Object.keys(auditActions)).toContain(action);
});
