import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { makePerson, sessionOfPerson, startApi, type CallOptions, type Person, type TestApi } from '@/e2e/support/api';
import { databaseAsText, filesAsText, markedKey, markedText, marksIn } from '@/e2e/support/canary';
import type { Answer } from '@/e2e/support/http';
import { servedRoutes, type ServedRoute } from '@/e2e/support/routes';
import { openStored } from '@/e2e/support/secrets';
import { signInWithPassword } from '@/lib/auth/sign-in';
import { newId } from '@/lib/ids';

const logged = vi.hoisted(() => ({ lines: [] as string[] }));
vi.mock('@/lib/log', async () => {
  const { default: pino } = await import('pino');
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged.lines.push(chunk.toString('utf8'));
      done();
    },
  });
  return { log: pino({ level: 'trace' }, stream) };
});

let api: TestApi;
let ana: Person;
let session: { cookie: string };
const ids: Record<string, string> = {};
const answers: string[] = [];
let requests = 0;
let count = 0;

async function call(method: string, path: string, options: CallOptions): Promise<Answer> {
  const answer = await api.call(method, path, options);
  answers.push(`${answer.status} ${answer.reason} ${JSON.stringify(answer.headers)} ${answer.text}`);
  requests++;
  return answer;
}

beforeAll(async () => {
  api = await startApi();
  session = await sessionOfPerson(api.admin);
});

// Anew for each test: some requests are right but for their header, and delete what they are about.
beforeEach(async () => {
  ana = await makePerson(`ana${++count}`);
  const made = async (path: string, body: unknown) => String((await api.call('POST', path, { as: api.admin, body })).json().id);
  await api.call('POST', `/v1/admin/plugins/secret-provider/${api.internalProvider}/default`, { as: api.admin });
  ids.algorithm = await made(`/v1/algorithms/${ana.name}`, { name: 'main' });
  ids.secret = await made(`/v1/algorithms/${ids.algorithm}/secrets`, { short_name: 'n', secret_key: 'KEY', secret_value: 'v' });
  ids.plugin = await made('/v1/admin/secret-provider', { name: `Plugin ${count}`, factoryClassName: 'x.Y' });
  await made('/v1/organizations', { org_name: `acme${count}` });
});
afterAll(() => api?.close());

const values: Record<string, () => string> = {
  owner: () => ana.name, name: () => 'main', algorithmId: () => ids.algorithm ?? '', secretId: () => ids.secret ?? '', username: () => ana.name, account: () => ana.name, org: () => `acme${count}`, id: () => ids.plugin ?? '',
};
const pathOf = (template: string, changed: Record<string, string> = {}) => template.replace(/\{(\w+)\}/g, (_all, name: string) => changed[name] ?? values[name]?.() ?? 'x');

/** Fields in which a marked text would be at home: free text, which is stored and shown. */
const freeText = new Set([
  'short_name', 'description', 'fullname', 'company_name', 'company_role', 'key_label', 'permissions', 'org_label', 'org_contact_name', 'org_url', 'details', 'settings',
  'moduleName', 'factoryClassName', 'interfaceVersion',
]);

/** Names, which an API key has the form of. */
const names = new Set(['username', 'org_name', 'name', 'secret_key']);

function fieldsOf({ operation, template }: ServedRoute): string[] {
  if (!operation.body) return [];
  const { properties = {} } = z.toJSONSchema(operation.body, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, unknown> };
  // A provider's name is free text too; other names are not.
  return Object.keys(properties).filter((field) => !(field === 'name' && template.includes('secret-provider')));
}

function bodiesFor(route: ServedRoute): unknown[] {
  const wrong = fieldsOf(route).flatMap((field) => [
    { [field]: [markedText()] }, { [field]: { a: markedText() } }, { [field]: [{ a: markedKey() }] },
    ...(freeText.has(field) ? [] : [{ [field]: markedText() }]),
    ...(freeText.has(field) || names.has(field) ? [] : [{ [field]: markedKey() }]),
  ]);
  const isStrict = route.template.includes('secret-provider');
  return [
    ...wrong.filter((body) => !('settings' in body || 'permissions' in body)),
    ...wrong.map((body) => ({ ...body, unknown: markedText() })).slice(0, 3),
    ...(isStrict ? [] : [{ [markedText()]: markedText() }]),
    markedText(), `"${markedText()}"`, `["${markedText()}"]`, `{"secret_value":"${markedText()}"`, `{"secret_value":"${markedText()}","secret_value":"${markedText()}"}`,
    `{"a":${'['.repeat(70)}"${markedText()}"${']'.repeat(70)}}`, Buffer.concat([Buffer.from(`{"secret_value":"${markedText()}`), Buffer.of(0xff), Buffer.from('"}')]),
    `secret_value=${markedText()}`, `{"secret_value":"${markedText()}${'x'.repeat(1024 * 1024)}"}`, { secret_value: `${markedText()}${'x'.repeat(65_536)}` }, { secret_value: `${markedText()}\u0000` }, { password: `${markedText()}${'x'.repeat(300)}` },
  ];
}

const headerNames = ['x-request-id', 'x-secret-store-request-id', 'x-secret-store-address', 'x-forwarded-for', 'x-forwarded-host', 'forwarded', 'user-agent', 'referer', 'content-type', 'accept', 'accept-language', 'x-secret-store-form', 'idempotency-key', 'traceparent'];
const authorizations = () => [`Simple ${markedKey()}`, `Bearer ${markedKey()}`, markedKey(), `Basic ${markedText()}`, markedText(), `Simple ${markedText()} ${markedText()}`];

describe.each(servedRoutes().map((route) => ({ ...route, name: `${route.method} ${route.template}` })))('$name', (route) => {
  const { method, template } = route;
  const form = { 'content-type': 'application/json', 'x-secret-store-form': '1' };

  test('keeps no marked value out of a path, a query or a header', async () => {
    const statuses: number[] = [];
    for (const [, name = ''] of template.matchAll(/\{(\w+)\}/g)) {
      for (const text of [markedText(), markedKey(), `${markedText()}\u0000`]) statuses.push((await call(method, pathOf(template, { [name]: encodeURIComponent(text) }), { as: api.admin, headers: form })).status);
    }
    for (const query of ['marker', 'limit', 'secret_value', 'api_key', markedText()]) await call(method, `${pathOf(template)}?${encodeURIComponent(query)}=${encodeURIComponent(markedText())}`, { as: api.admin, headers: form });
    for (const header of headerNames) statuses.push((await call(method, pathOf(template), { as: api.admin, headers: { [header]: markedText() } })).status);
    for (const authorization of authorizations()) await call(method, pathOf(template), { headers: { authorization } });
    await call(method, pathOf(template), { headers: { cookie: `next-auth.session-token=${markedText()}; other=${markedText()}` } });
    for (const [header, text] of [['origin', `https://${markedKey()}.example`], ['origin', markedText()], ['sec-fetch-site', markedText()]] as const) {
      statuses.push((await call(method, pathOf(template), { as: session, headers: { ...form, [header]: text } })).status);
    }
    expect(statuses).not.toContain(500);
  });

  test('keeps no marked value out of a body of the wrong form', async () => {
    const statuses: number[] = [];
    for (const body of bodiesFor(route)) {
      statuses.push((await call(method, pathOf(template), { as: api.admin, headers: form, body })).status);
      statuses.push((await call(method, pathOf(template), { as: session, headers: { ...form, origin: api.url }, body })).status);
    }
    expect(statuses).not.toContain(500);
  });
});

describe('where a marked value belongs', () => {
  test('a secret’s value reaches a worker and nothing else', async () => {
    const value = markedText();
    const { id } = (await call('POST', `/v1/algorithms/${ana.name}`, { as: ana, body: { name: 'kept' } })).json();
    const secrets = `/v1/algorithms/${String(id)}/secrets`;
    const secret = (await call('POST', secrets, { as: ana, body: { short_name: 'n', secret_key: 'KEPT', secret_value: value } })).json();
    expect((await openStored(api, String(secret.id))).toString()).toBe(value);
    const next = markedText();
    await call('PUT', `${secrets}/${String(secret.id)}`, { as: ana, body: { short_name: 'n', secret_value: next } });
    expect((await openStored(api, String(secret.id))).toString()).toBe(next);
    await call('GET', secrets, { as: ana });
    expect((await call('POST', secrets, { as: ana, body: { short_name: 'n', secret_key: 'KEPT', secret_value: markedText() } })).status).toBe(400);
  });

  test('a configuration value stays in the sealed configuration', async () => {
    const body = { name: 'Marked', factoryClassName: 'x.Y', configuration: { token: markedText() } };
    const made = await call('POST', '/v1/admin/secret-provider', { as: api.admin, body });
    expect(made.status).toBe(200);
    await call('POST', `/v1/admin/secret-provider/${String(made.json().id)}`, { as: api.admin, body });
    await call('POST', '/v1/admin/secret-provider', { as: api.admin, body: { ...body, configuration: { token: markedText(), other: 3 } } });
    await call('GET', '/v1/admin/secret-provider', { as: api.admin });
  });

  test('a password is kept as its Argon2id hash, and a sign-in keeps neither it nor a name that nobody has', async () => {
    const password = markedText();
    const made = await call('POST', '/v1/users', { as: api.admin, body: { username: 'marked', email: 'marked@example.com', password } });
    expect(made.status).toBe(200);
    const info = () => ({ requestId: newId(), address: '192.0.2.1' });
    expect(await signInWithPassword('marked', password, info())).toMatchObject({ name: 'marked' });
    for (const name of ['marked', markedText(), markedKey(), `${markedText()}\u0000`]) await expect(signInWithPassword(name, markedText(), info())).rejects.toThrow(/do not go together/);
  });

  test('a fault of the database is logged without what was being stored', async () => {
    const { id } = (await call('POST', `/v1/algorithms/${ana.name}`, { as: ana, body: { name: 'fault' } })).json();
    await api.query('ALTER TABLE sealed_values RENAME COLUMN envelope TO renamed');
    try {
      const body = { short_name: markedText(), secret_key: 'FAULT', secret_value: markedText() };
      expect((await call('POST', `/v1/algorithms/${String(id)}/secrets`, { as: ana, body })).status).toBe(500);
    } finally {
      await api.query('ALTER TABLE sealed_values RENAME COLUMN renamed TO envelope');
    }
  });
});

test('a new API key and a one-time link are in one answer, and nowhere else', async () => {
  const key = (await api.call('POST', '/v1/users/root/keys', { as: api.admin, body: { key_type: 'PlatformAdminKey', key_label: 'once' } })).json();
  const user = (await api.call('POST', '/v1/users', { as: api.admin, body: { username: 'once', email: 'once@example.com' } })).json();
  const once = [String(key.api_key), String(user.one_time_link).split('#')[1] ?? ''];
  expect(once.map(({ length }) => length)).toEqual([28, 43]);
  await call('GET', '/v1/users/root/keys', { as: { key: once[0] ?? '' } });
  await call('GET', '/v1/users/once', { as: api.admin });
  const everywhere = [answers.join('\n'), logged.lines.join('\n'), await databaseAsText(api)].join('\n');
  for (const text of [...once, ana.key, api.admin.key]) {
    expect(everywhere).not.toContain(text);
    expect(everywhere).not.toContain(Buffer.from(text).toString('hex'));
  }
});

describe('after all of that the mark is in no', () => {
  test('row of the database', async () => {
    expect(requests).toBeGreaterThan(1_500);
    expect(marksIn(await databaseAsText(api))).toEqual([]);
  });
  test('answer', () => {
    expect(answers.filter((answer) => marksIn(answer).length > 0).slice(0, 5)).toEqual([]);
  });
  test('line of the log', () => {
    expect(logged.lines.length).toBeGreaterThan(0);
    expect(logged.lines.filter((line) => marksIn(line).length > 0)).toEqual([]);
  });
  test('file of the data folder', async () => {
    expect(marksIn(await filesAsText(process.env.SECRET_STORE_DATA_DIR ?? ''))).toEqual([]);
  });
});

test('the search finds the mark in every form in which it could be written', () => {
  for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
    for (const before of ['', 'a', 'ab']) expect(marksIn(`x${Buffer.from(`${before}${markedText()}`).toString(encoding)}`)).not.toEqual([]);
  }
});
