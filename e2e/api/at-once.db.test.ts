import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKey, makePerson, sessionOfPerson, startApi, type Credentials, type Person, type TestApi } from '@/e2e/support/api';

let api: TestApi;
let count = 0;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

async function byAdmin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await api.call(method, path, { as: api.admin, body });
  if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json() ?? {};
}

const ask = async (as: Credentials, path: string) => (await api.call('GET', path, { as })).status;

/** Asks just before a change and just after it, so that what was known before would still be fresh. */
describe('a change counts from the next request on:', () => {
  let person: Person;
  let org: string;
  beforeAll(async () => {
    person = await makePerson(`p${++count}`);
    org = `o${++count}`;
    await byAdmin('POST', '/v1/organizations', { org_name: org });
  });
  const around = async (path: string, change: () => Promise<unknown>, as: Credentials = person): Promise<[before: number, after: number]> => {
    const before = await ask(as, path);
    await change();
    return [before, await ask(as, path)];
  };

  test('a member is added, and removed', async () => {
    expect(await around(`/v1/organizations/${org}`, () => byAdmin('PUT', `/v1/organizations/${org}/members/${person.name}`))).toEqual([404, 200]);
    expect(await around(`/v1/organizations/${org}`, () => byAdmin('DELETE', `/v1/organizations/${org}/members/${person.name}`))).toEqual([200, 404]);
  });

  test('an executor becomes a member', async () => {
    const create = (name: string) => api.call('POST', `/v1/algorithms/${org}`, { as: person, body: { name } });
    await byAdmin('PUT', `/v1/organizations/${org}/members/${person.name}`, { role: 'executor' });
    expect((await create('first')).status).toBe(403);
    await byAdmin('PUT', `/v1/organizations/${org}/members/${person.name}`, { role: 'member' });
    expect((await create('first')).status).toBe(201);
  });

  test('the read-only admin role is granted, and taken back', async () => {
    expect(await around('/v1/users', () => byAdmin('POST', `/admin/roles/${person.name}/cluster_viewer`))).toEqual([403, 200]);
    expect(await around('/v1/users', () => byAdmin('DELETE', `/admin/roles/${person.name}/cluster_viewer`))).toEqual([200, 403]);
  });

  test('a key is revoked', async () => {
    const { id, api_key: key } = await byAdmin('POST', `/v1/users/${person.name}/keys`, { key_type: 'AlgorithmKey' });
    expect(await around('/v1/secret-provider', () => byAdmin('DELETE', `/v1/users/${person.name}/keys/${String(id)}`), { key: String(key) })).toEqual([200, 401]);
  });

  test('a user is deleted, with their keys and sessions', async () => {
    const leaver = await makePerson(`p${++count}`);
    const [key, session] = [{ key: await makeKey(leaver.name, 'AlgorithmKey') }, await sessionOfPerson(leaver)];
    expect(await ask(session, '/v1/secret-provider')).toBe(200);
    expect(await around('/v1/secret-provider', () => byAdmin('DELETE', `/v1/users/${leaver.name}`), key)).toEqual([200, 401]);
    expect(await ask(session, '/v1/secret-provider')).toBe(401);
  });
});
