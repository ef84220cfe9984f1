import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeKey, makePerson, sessionOfPerson, startApi, type Person, type TestApi } from '@/e2e/support/api';
import { digestOfDatabase } from '@/e2e/support/dump';
import { refusalOf } from '@/e2e/support/secrets';
import { networkOf, signInWithPassword } from '@/lib/auth/sign-in';
import * as passwords from '@/lib/crypto/password';
import { ApiError } from '@/lib/errors';
import { newId } from '@/lib/ids';

vi.mock('@/lib/crypto/password', { spy: true });

let api: TestApi;
let admin: { cookie: string };
let count = 0;
const second = () => new Promise((resolve) => setTimeout(resolve, 1_000));

beforeAll(async () => {
  api = await startApi();
  admin = await sessionOfPerson(api.admin);
});
afterAll(() => api?.close());

const json = { 'content-type': 'application/json' };
const newPerson = (options?: Parameters<typeof makePerson>[1]) => makePerson(`person${++count}`, options);

describe('a change with a session cookie', () => {
  const change = (headers: Record<string, string>) => api.call('POST', '/v1/organizations', { as: admin, body: { org_name: `org${++count}` }, headers: { ...json, ...headers } });

  test.each([
    ['another site', () => ({ origin: 'https://evil.example' })],
    ['another port', () => ({ origin: api.url.replace(/\d+$/, '1') })],
    ['another scheme', () => ({ origin: api.url.replace('http:', 'https:') })],
    ['an opaque origin', () => ({ origin: 'null' })],
    ['our name by another spelling', () => ({ origin: api.url.replace('127.0.0.1', 'localhost') })],
    ['our origin with something behind it', () => ({ origin: `${api.url}.evil.example` })],
    ['an empty origin', () => ({ origin: '' })],
    ['a page that the browser calls cross-site', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['a page that the browser calls same-site', () => ({ 'sec-fetch-site': 'same-site', origin: api.url })],
  ])('from %s is refused, and changes nothing', async (_from, headers) => {
    const before = await digestOfDatabase(api);
    expect(refusalOf(await change(headers()))).toEqual([403, 2001]);
    expect(await digestOfDatabase(api)).toEqual(before);
  });

  test.each([
    ['our own page', () => ({ origin: api.url, 'sec-fetch-site': 'same-origin' })],
    ['the address bar', () => ({ 'sec-fetch-site': 'none' })],
    ['a program', () => ({})],
  ])('from %s is accepted', async (_from, headers) => {
    expect((await change(headers())).status).toBe(200);
  });

  test.each(['POST', 'PUT', 'DELETE'])('is refused from a foreign page for %s without a body too', async (method) => {
    const path = { POST: '/admin/roles/root/cluster_viewer', PUT: '/v1/organizations/none/members/root', DELETE: '/v1/users/none' }[method] ?? '';
    expect(refusalOf(await api.call(method, path, { as: admin, headers: { origin: 'https://evil.example' } }))).toEqual([403, 2001]);
  });

  test('with an API key is not held to an origin: no page can send one', async () => {
    const answer = await api.call('POST', '/v1/organizations', { as: api.admin, body: { org_name: `org${++count}` }, headers: { origin: 'https://evil.example' } });
    expect(answer.status).toBe(200);
  });
});

describe('a session', () => {
  test('signed with another secret, expired or without a beginning is none', async () => {
    const [forged, unsigned] = [await sessionOfPerson(api.admin, { secret: 'x'.repeat(43) }), { cookie: `next-auth.session-token=${Buffer.from('{"sub":"x"}').toString('base64')}` }];
    for (const as of [forged, unsigned, { cookie: 'next-auth.session-token=' }, { cookie: `other=${admin.cookie.split('=')[1]}` }]) {
      expect(refusalOf(await api.call('GET', '/v1/users', { as }))).toEqual([401, 2002]);
    }
  });

  test('is not looked at when a key is sent: a bad key is not helped by a good cookie', async () => {
    expect(refusalOf(await api.call('GET', '/v1/users', { as: admin, headers: { authorization: 'Simple nonsense' } }))).toEqual([401, 2002]);
  });
});

describe('ends within a second:', () => {
  test('a revoked key, of both kinds', async () => {
    const person = await newPerson({ isAdmin: true });
    for (const kind of ['AlgorithmKey', 'PlatformAdminKey'] as const) {
      const key = await makeKey(person.name, kind);
      expect((await api.call('GET', '/v1/users', { as: { key } })).status).toBe(200);
      const list = (await api.call('GET', `/v1/users/${person.name}/keys`, { as: person })).json<{ id: string; api_key_mask: string }[]>();
      const { id } = list.find(({ api_key_mask: mask }) => key.startsWith(mask.slice(0, 6)) && key.endsWith(mask.slice(-4))) ?? { id: '' };
      expect((await api.call('DELETE', `/v1/users/${person.name}/keys/${id}`, { as: person })).status).toBe(204);
      await second();
      expect(refusalOf(await api.call('GET', '/v1/users', { as: { key } }))).toEqual([401, 2002]);
    }
  });

  test('an expired key', async () => {
    const person = await newPerson();
    expect((await api.call('GET', '/v1/secret-provider', { as: person })).status).toBe(200);
    await api.query(`UPDATE api_keys SET expires = now() WHERE user_id = $1`, [person.id]);
    await second();
    expect(refusalOf(await api.call('GET', '/v1/secret-provider', { as: person }))).toEqual([401, 2002]);
  });

  test('the read-only admin role, for key and session', async () => {
    const person = await newPerson();
    const session = await sessionOfPerson(person);
    const statuses = async () => [(await api.call('GET', '/v1/users', { as: person })).status, (await api.call('GET', '/v1/users', { as: session })).status];
    expect(await statuses()).toEqual([403, 403]);
    await api.call('POST', `/admin/roles/${person.name}/cluster_viewer`, { as: api.admin });
    await second();
    expect(await statuses()).toEqual([200, 200]);
    await api.call('DELETE', `/admin/roles/${person.name}/cluster_viewer`, { as: api.admin });
    await second();
    expect(await statuses()).toEqual([403, 403]);
  });

  test('the role of an admin, for a PlatformAdminKey too', async () => {
    const person = await newPerson({ isAdmin: true });
    const key = { key: await makeKey(person.name, 'PlatformAdminKey') };
    expect((await api.call('GET', '/v1/users', { as: key })).status).toBe(200);
    await api.query('UPDATE users SET is_admin = false WHERE id = $1', [person.id]);
    await second();
    expect(refusalOf(await api.call('GET', '/v1/users', { as: key }))).toEqual([403, 2001]);
  });

  test('a membership', async () => {
    const person = await newPerson();
    await api.call('POST', '/v1/organizations', { as: api.admin, body: { org_name: 'club' } });
    await api.call('PUT', `/v1/organizations/club/members/${person.name}`, { as: api.admin });
    expect((await api.call('POST', '/v1/algorithms/club', { as: person, body: { name: 'one' } })).status).toBe(201);
    await api.call('DELETE', `/v1/organizations/club/members/${person.name}`, { as: api.admin });
    await second();
    expect(refusalOf(await api.call('GET', '/v1/algorithms/club/one', { as: person }))).toEqual([404, 1000]);
  });

  test('everything of a deleted user', async () => {
    const person = await newPerson();
    const session = await sessionOfPerson(person);
    expect((await api.call('GET', `/v1/users/${person.name}`, { as: session })).status).toBe(200);
    expect((await api.call('DELETE', `/v1/users/${person.name}`, { as: api.admin })).status).toBe(204);
    await second();
    for (const as of [person, session]) expect(refusalOf(await api.call('GET', `/v1/users/${person.name}`, { as }))).toEqual([401, 2002]);
  });

  test('the sessions of who sets a password, also one that began in the same second; one that begins then goes on', async () => {
    const made = (await api.call('POST', '/v1/users', { as: api.admin, body: { username: 'linked', email: 'linked@example.com' } })).json();
    const person = { id: String(made.id), name: 'linked' };
    const before = await sessionOfPerson(person);
    expect((await api.call('GET', '/v1/users/linked', { as: before })).status).toBe(200);
    const token = String(made.one_time_link).split('#')[1];
    expect((await api.call('POST', '/v1/password-links/redeem', { body: { token, password: 'a new password' }, headers: json })).json()).toEqual({ username: 'linked' });
    const after = await sessionOfPerson(person);
    await second();
    expect(refusalOf(await api.call('GET', '/v1/users/linked', { as: before }))).toEqual([401, 2002]);
    expect((await api.call('GET', '/v1/users/linked', { as: after })).status).toBe(200);
    expect(refusalOf(await api.call('POST', '/v1/password-links/redeem', { body: { token, password: 'another one' }, headers: json }))).toEqual([400, 2015]);
  });
});

test('a session is over twelve hours after it began, however often its cookie was renewed', async () => {
  const person = await newPerson();
  const hours = 60 * 60 * 1000;
  // Its own expiry, which next-auth renews, is twelve hours from now in both.
  const [young, old] = await Promise.all([sessionOfPerson(person, { began: Date.now() - 11 * hours }), sessionOfPerson(person, { began: Date.now() - 12 * hours - 1_000 })]);
  await api.query(`UPDATE users SET sessions_since = now() - interval '1 day' WHERE id = $1`, [person.id]);
  await second();
  expect((await api.call('GET', `/v1/users/${person.name}`, { as: young })).status).toBe(200);
  expect(refusalOf(await api.call('GET', `/v1/users/${person.name}`, { as: old }))).toEqual([401, 2002]);
});

test('no password is hashed for who has no link', async () => {
  vi.mocked(passwords.hashPassword).mockClear();
  expect(refusalOf(await api.call('POST', '/v1/password-links/redeem', { body: { token: 'made-up', password: 'a new password' }, headers: json }))).toEqual([400, 2015]);
  expect(passwords.hashPassword).not.toHaveBeenCalled();
});

test('a one-time link is over after seven days, and a used one sets nothing', async () => {
  const made = (await api.call('POST', '/v1/users', { as: api.admin, body: { username: 'late', email: 'late@example.com' } })).json();
  await api.query(`UPDATE one_time_links SET expires = now() - interval '1 second' WHERE user_id = $1`, [made.id]);
  const before = await digestOfDatabase(api);
  const token = String(made.one_time_link).split('#')[1];
  expect(refusalOf(await api.call('POST', '/v1/password-links/redeem', { body: { token, password: 'a new password' }, headers: json }))).toEqual([400, 2015]);
  expect(await digestOfDatabase(api)).toEqual(before);
});

describe('signing in', () => {
  let person: Person;
  beforeAll(async () => {
    person = await makePerson('signer', { password: 'the right one' });
  });
  const from = (address: string) => ({ requestId: newId(), address });
  const attempt = async (username: string, password: string, address: string): Promise<string> => {
    try {
      return (await signInWithPassword(username, password, from(address))).id;
    } catch (error) {
      if (error instanceof ApiError) return error.errorName;
      throw error;
    }
  };

  test('takes the name in any case, and the password exactly', async () => {
    expect(await attempt(' Signer ', 'the right one', '192.0.2.1')).toBe(person.id);
    expect(await attempt('signer', 'The right one', '192.0.2.1')).toBe('NotAuthenticated');
    expect(await attempt('signer', 'the right one ', '192.0.2.1')).toBe('NotAuthenticated');
  });

  test('does the same work for a name that nobody has, and one that has no password', async () => {
    await makePerson('nopassword');
    const work = vi.mocked(passwords.verifyPassword);
    const nobody = vi.mocked(passwords.verifyAgainstNobody);
    for (const [name, calls] of [['signer', [1, 0]], ['unknown', [0, 1]], ['nopassword', [0, 1]], ['a\u0000b', [0, 1]]] as const) {
      work.mockClear();
      nobody.mockClear();
      expect(await attempt(name, 'wrong', '192.0.2.2')).toBe('NotAuthenticated');
      expect([work.mock.calls.length, nobody.mock.calls.length]).toEqual(calls);
    }
  });

  test('takes about as long for a name that nobody has', async () => {
    for (let i = 0; i < 15; i++) await makePerson(`timed${i}`, { password: 'right password' });
    const time = async (name: string, address: string) => {
      const start = performance.now();
      await attempt(name, 'wrong', address);
      return performance.now() - start;
    };
    const median = (times: number[]) => times.toSorted((a, b) => a - b)[7] ?? 0;
    const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] };
    // In turn: what else the machine does meanwhile is the same for both.
    for (let i = 0; i < 15; i++) {
      times.known.push(await time(`timed${i}`, `198.51.100.${1 + i}`));
      times.unknown.push(await time(`untimed${i}`, `198.51.100.${100 + i}`));
    }
    const [known, unknown] = [median(times.known), median(times.unknown)];
    expect(unknown / known).toBeGreaterThan(0.4);
    expect(unknown / known).toBeLessThan(2.5);
  });

  test('waits after ten failures of an account, whoever asks, also with the right password; a new window opens it', async () => {
    await makePerson('throttled', { password: 'the right one' });
    for (let i = 0; i < 10; i++) expect(await attempt('throttled', `wrong ${i}`, `203.0.113.${i}`)).toBe('NotAuthenticated');
    expect(await attempt('Throttled', 'the right one', '203.0.113.99')).toBe('TooManyRequests');
    await api.query(`UPDATE sign_in_throttles SET since = now() - interval '16 minutes'`);
    expect(await attempt('throttled', 'the right one', '203.0.113.99')).not.toMatch(/Too|Not/);
  });

  test('lets no more than ten guesses through when a hundred come at once', async () => {
    await makePerson('rushed', { password: 'the right one' });
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, i) => attempt('rushed', `wrong ${i}`, `10.0.0.${i}`)));
    expect(outcomes.filter((outcome) => outcome === 'NotAuthenticated')).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === 'TooManyRequests')).toHaveLength(90);
  });

  test('waits after fifty failures from one address, whatever the names; successes do not count', async () => {
    for (let i = 0; i < 3; i++) expect(await attempt('signer', 'the right one', '192.0.2.77')).toBe(person.id);
    for (let i = 0; i < 50; i++) expect(await attempt(`guess${i}`, 'wrong', '192.0.2.77')).toBe('NotAuthenticated');
    expect(await attempt('signer', 'the right one', '192.0.2.77')).toBe('TooManyRequests');
    expect(await attempt('signer', 'the right one', '192.0.2.78')).toBe(person.id);
  });

  test.each([
    ['192.0.2.7', '192.0.2.7'], ['', ''], ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'], ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'], ['1::', '1:0:0:0::/64'],
  ])('counts the attempts from %j as those of %j', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test('forgets the failures of an account with its next success', async () => {
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 9; i++) await attempt('signer', 'wrong', `192.0.2.${100 + i}`);
      expect(await attempt('signer', 'the right one', '192.0.2.3')).toBe(person.id);
    }
  });
});
