import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKey, makePerson, sessionOfPerson, startApi, type Credentials, type Person, type TestApi } from '@/e2e/support/api';
import { refusalOf } from '@/e2e/support/secrets';
import { servedRoutes } from '@/e2e/support/routes';

/**
 * The contract's "who may what", written a second time and by hand: lib/auth/permissions.ts is not read here. Ana owns an
 * algorithm, so does the organization Acme; Otto has to do with neither.
 */
const actors = ['nobody', 'otto', 'ana', 'acmeOwner', 'acmeMember', 'acmeExecutor', 'viewer', 'admin'] as const;
type Actor = (typeof actors)[number];

interface Request {
  path: string;
  body?: unknown;
}

interface Row {
  route: string;
  /** What the request is about, for the test's name. */
  about?: string;
  may: readonly Actor[];
  /** Who may know of it without being allowed this: 403. Everybody else who is signed in gets `hidden`, where there is one. */
  sees?: readonly Actor[];
  hidden?: readonly [status: number, code: number];
  success: number;
  /** Makes what the request needs, anew for each request. */
  request: () => Request | Promise<Request>;
  /** The same request about what does not exist: its answer must be that of what is hidden. */
  missing?: string;
}

let api: TestApi;
let people: Record<Exclude<Actor, 'nobody'>, Person>;
let plugin: string;
let count = 0;
const fresh = (kind: string) => `${kind}${++count}`;

beforeAll(async () => {
  api = await startApi();
  const [otto, ana, acmeOwner, acmeMember, acmeExecutor, viewer] = await Promise.all([
    makePerson('otto'), makePerson('ana'), makePerson('orla'), makePerson('mika'), makePerson('exe'), makePerson('vera', { isClusterViewer: true }),
  ]);
  people = { otto, ana, acmeOwner, acmeMember, acmeExecutor, viewer, admin: api.admin };
  await byAdmin('POST', '/v1/organizations', { org_name: 'acme' });
  for (const [person, role] of [[acmeOwner, 'owner'], [acmeMember, 'member'], [acmeExecutor, 'executor']] as const) {
    await byAdmin('PUT', `/v1/organizations/acme/members/${person.name}`, { role });
  }
  plugin = await newProvider();
});
afterAll(() => api?.close());

async function byAdmin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await api.call(method, path, { as: api.admin, body });
  if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json() ?? {};
}

const idOf = async (made: Promise<Record<string, unknown>>) => String((await made).id);
const newProvider = () => idOf(byAdmin('POST', '/v1/admin/secret-provider', { name: fresh('plugin'), factoryClassName: 'com.example.Factory' }));
const newAlgorithm = async (owner: string) => {
  const name = fresh('algorithm');
  return { name, id: await idOf(byAdmin('POST', `/v1/algorithms/${owner}`, { name })) };
};
const newUser = async () => String((await byAdmin('POST', '/v1/users', { username: fresh('user'), email: `u${count}@example.com`, password: 'long enough' })).username);
const secretBody = () => ({ short_name: 'n', secret_key: fresh('KEY_'), secret_value: 'v' });
const newSecret = async (owner: string) => {
  const { id } = await newAlgorithm(owner);
  return `/v1/algorithms/${id}/secrets/${await idOf(byAdmin('POST', `/v1/algorithms/${id}/secrets`, secretBody()))}`;
};
const noId = '00000000-0000-4000-8000-000000000000';

const everyone = actors;
const signedIn = actors.filter((actor) => actor !== 'nobody');
const owners = { ana: ['ana', 'admin'], acme: ['acmeOwner', 'acmeMember', 'admin'] } as const;
const watchers = { ana: ['viewer'], acme: ['viewer', 'acmeExecutor'] } as const;

const rows: Row[] = [
  // Providers
  { route: 'GET /v1/admin/secret-provider', may: ['admin', 'viewer'], success: 200, request: () => ({ path: '/v1/admin/secret-provider' }) },
  { route: 'POST /v1/admin/secret-provider', may: ['admin'], success: 200, request: () => ({ path: '/v1/admin/secret-provider', body: { name: fresh('p'), factoryClassName: 'x.Y' } }) },
  { route: 'GET /v1/admin/secret-provider/{id}', may: ['admin', 'viewer'], success: 200, request: () => ({ path: `/v1/admin/secret-provider/${plugin}` }) },
  {
    route: 'POST /v1/admin/secret-provider/{id}', may: ['admin'], success: 200,
    request: () => ({ path: `/v1/admin/secret-provider/${plugin}`, body: { name: fresh('p'), factoryClassName: 'x.Y' } }),
  },
  { route: 'DELETE /v1/admin/secret-provider/{id}', may: ['admin'], success: 204, request: async () => ({ path: `/v1/admin/secret-provider/${await newProvider()}` }) },
  { route: 'GET /v1/admin/plugins/secret-provider/{id}', about: 'no module', may: ['admin', 'viewer'], success: 400, request: () => ({ path: `/v1/admin/plugins/secret-provider/${plugin}` }) },
  { route: 'POST /v1/admin/plugins/secret-provider/{id}', about: 'no file', may: ['admin'], success: 400, request: () => ({ path: `/v1/admin/plugins/secret-provider/${plugin}`, body: {} }) },
  { route: 'POST /v1/admin/plugins/secret-provider/{id}/default', may: ['admin'], success: 204, request: () => ({ path: `/v1/admin/plugins/secret-provider/${api.internalProvider}/default` }) },
  { route: 'POST /v1/admin/plugins/secret-provider/module', about: 'no file', may: ['admin'], success: 400, request: () => ({ path: '/v1/admin/plugins/secret-provider/module', body: {} }) },
  {
    route: 'POST /v1/admin/plugins/secret-provider/{id}/module', about: 'no such module', may: ['admin'], success: 400,
    request: () => ({ path: `/v1/admin/plugins/secret-provider/${plugin}/module`, body: { sha256: 'a'.repeat(64) } }),
  },
  { route: 'POST /v1/admin/plugins/secret-provider/{id}/test', may: ['admin'], success: 200, request: () => ({ path: `/v1/admin/plugins/secret-provider/${plugin}/test` }) },
  {
    route: 'POST /v1/admin/plugins/secret-provider/test', may: ['admin'], success: 200,
    request: () => ({ path: '/v1/admin/plugins/secret-provider/test', body: { name: fresh('p'), factoryClassName: 'x.Y', moduleSha256: 'a'.repeat(64) } }),
  },
  { route: 'GET /v1/admin/secret-provider/{id}/modules', may: ['admin', 'viewer'], success: 200, request: () => ({ path: `/v1/admin/secret-provider/${plugin}/modules` }) },
  { route: 'GET /v1/admin/secret-provider/{id}/secrets', may: ['admin', 'viewer'], success: 200, request: () => ({ path: `/v1/admin/secret-provider/${plugin}/secrets` }) },
  { route: 'GET /v1/admin/secret-provider/{id}/log', may: ['admin', 'viewer'], success: 200, request: () => ({ path: `/v1/admin/secret-provider/${plugin}/log` }) },
  { route: 'GET /v1/admin/secret-provider/{id}/health', may: ['admin', 'viewer'], success: 200, request: () => ({ path: `/v1/admin/secret-provider/${plugin}/health` }) },
  { route: 'GET /v1/secret-provider', may: signedIn, success: 200, request: () => ({ path: '/v1/secret-provider' }) },

  // Algorithms and their secrets, of a user and of an organization
  ...(['ana', 'acme'] as const).flatMap((owner): Row[] => [
    {
      route: 'GET /v1/algorithms/{owner}/{name}', about: owner, may: [...owners[owner], ...watchers[owner]], hidden: [404, 1000], success: 200, missing: `/v1/algorithms/${owner}/none`,
      request: async () => ({ path: `/v1/algorithms/${owner}/${(await newAlgorithm(owner)).name}` }),
    },
    { route: 'GET /v1/algorithms/{owner}', about: owner, may: signedIn, success: 200, request: () => ({ path: `/v1/algorithms/${owner}` }) },
    {
      route: 'POST /v1/algorithms/{owner}', about: owner, may: owners[owner], sees: watchers[owner], hidden: [404, 3000], success: 201, missing: '/v1/algorithms/none',
      request: () => ({ path: `/v1/algorithms/${owner}`, body: { name: fresh('algorithm') } }),
    },
    {
      route: 'DELETE /v1/algorithms/{owner}/{name}', about: owner, may: owners[owner], sees: watchers[owner], hidden: [404, 1000], success: 204, missing: `/v1/algorithms/${owner}/none`,
      request: async () => ({ path: `/v1/algorithms/${owner}/${(await newAlgorithm(owner)).name}` }),
    },
    {
      route: 'GET /v1/algorithms/{algorithmId}/secrets', about: owner, may: [...owners[owner], ...watchers[owner]], hidden: [404, 1009], success: 200, missing: `/v1/algorithms/${noId}/secrets`,
      request: async () => ({ path: `/v1/algorithms/${(await newAlgorithm(owner)).id}/secrets` }),
    },
    {
      route: 'POST /v1/algorithms/{algorithmId}/secrets', about: owner, may: owners[owner], sees: watchers[owner], hidden: [404, 1009], success: 200, missing: `/v1/algorithms/${noId}/secrets`,
      request: async () => ({ path: `/v1/algorithms/${(await newAlgorithm(owner)).id}/secrets`, body: secretBody() }),
    },
    {
      route: 'PUT /v1/algorithms/{algorithmId}/secrets/{secretId}', about: owner, may: owners[owner], sees: watchers[owner], hidden: [404, 1009], success: 200, missing: `/v1/algorithms/${noId}/secrets/${noId}`,
      request: async () => ({ path: await newSecret(owner), body: { short_name: 'other' } }),
    },
    {
      route: 'DELETE /v1/algorithms/{algorithmId}/secrets/{secretId}', about: owner, may: owners[owner], sees: watchers[owner], hidden: [404, 1009], success: 204, missing: `/v1/algorithms/${noId}/secrets/${noId}`,
      request: async () => ({ path: await newSecret(owner) }),
    },
    {
      route: 'POST /v1/algorithms/{algorithmId}/secrets/{secretId}/restore', about: owner, may: owners[owner], sees: watchers[owner], hidden: [404, 1009], success: 200, missing: `/v1/algorithms/${noId}/secrets/${noId}/restore`,
      request: async () => {
        const secret = await newSecret(owner);
        await byAdmin('DELETE', secret);
        return { path: `${secret}/restore` };
      },
    },
  ]),

  // Without credentials
  { route: 'GET /v1/openapi.json', may: everyone, success: 200, request: () => ({ path: '/v1/openapi.json' }) },
  { route: 'GET /v1/health', about: 'no delivery plane here', may: everyone, success: 503, request: () => ({ path: '/v1/health' }) },
  {
    route: 'POST /v1/password-links/redeem', may: everyone, success: 200,
    request: async () => {
      const made = await byAdmin('POST', '/v1/users', { username: fresh('user'), email: `u${count}@example.com` });
      return { path: '/v1/password-links/redeem', body: { token: String(made.one_time_link).split('#')[1], password: 'long enough' } };
    },
  },

  // Users, roles, keys
  { route: 'POST /admin/roles/{account}/cluster_viewer', may: ['admin'], success: 204, request: async () => ({ path: `/admin/roles/${await newUser()}/cluster_viewer` }) },
  { route: 'DELETE /admin/roles/{account}/cluster_viewer', may: ['admin'], success: 204, request: async () => ({ path: `/admin/roles/${await newUser()}/cluster_viewer` }) },
  { route: 'GET /v1/users', may: ['admin', 'viewer'], success: 200, request: () => ({ path: '/v1/users' }) },
  { route: 'POST /v1/users', may: ['admin'], success: 200, request: () => ({ path: '/v1/users', body: { username: fresh('user'), email: `u${count}@example.com` } }) },
  { route: 'GET /v1/users/{username}', about: 'ana', may: ['ana', 'admin', 'viewer'], hidden: [404, 3000], success: 200, missing: '/v1/users/none', request: () => ({ path: '/v1/users/ana' }) },
  { route: 'DELETE /v1/users/{username}', may: ['admin'], success: 204, request: async () => ({ path: `/v1/users/${await newUser()}` }) },
  { route: 'GET /v1/users/{username}/keys', about: 'ana', may: ['ana', 'admin', 'viewer'], hidden: [404, 3000], success: 200, missing: '/v1/users/none/keys', request: () => ({ path: '/v1/users/ana/keys' }) },
  {
    route: 'POST /v1/users/{username}/keys', about: 'ana', may: ['ana', 'admin'], sees: ['viewer'], hidden: [404, 3000], success: 200, missing: '/v1/users/none/keys',
    request: () => ({ path: '/v1/users/ana/keys', body: { key_type: 'AlgorithmKey' } }),
  },
  {
    route: 'DELETE /v1/users/{username}/keys/{id}', about: 'ana', may: ['ana', 'admin'], sees: ['viewer'], hidden: [404, 3000], success: 204, missing: `/v1/users/none/keys/${noId}`,
    request: async () => ({ path: `/v1/users/ana/keys/${await idOf(byAdmin('POST', '/v1/users/ana/keys', { key_type: 'AlgorithmKey' }))}` }),
  },

  // Organizations
  { route: 'GET /v1/organization/types', may: signedIn, success: 200, request: () => ({ path: '/v1/organization/types' }) },
  { route: 'GET /v1/organizations', may: signedIn, success: 200, request: () => ({ path: '/v1/organizations' }) },
  { route: 'POST /v1/organizations', may: ['admin'], success: 200, request: () => ({ path: '/v1/organizations', body: { org_name: fresh('org') } }) },
  {
    route: 'GET /v1/organizations/{org}', may: ['acmeOwner', 'acmeMember', 'acmeExecutor', 'admin', 'viewer'], hidden: [404, 3100], success: 200, missing: '/v1/organizations/none',
    request: () => ({ path: '/v1/organizations/acme' }),
  },
  {
    route: 'PUT /v1/organizations/{org}', may: ['acmeOwner', 'admin'], sees: ['acmeMember', 'acmeExecutor', 'viewer'], hidden: [404, 3100], success: 204, missing: '/v1/organizations/none',
    request: () => ({ path: '/v1/organizations/acme', body: { org_label: 'l' } }),
  },
  {
    route: 'DELETE /v1/organizations/{org}', may: ['admin'], success: 204,
    request: async () => {
      const name = fresh('org');
      await byAdmin('POST', '/v1/organizations', { org_name: name });
      return { path: `/v1/organizations/${name}` };
    },
  },
  {
    route: 'GET /v1/organizations/{org}/members', may: ['acmeOwner', 'acmeMember', 'acmeExecutor', 'admin', 'viewer'], hidden: [404, 3100], success: 200, missing: '/v1/organizations/none/members',
    request: () => ({ path: '/v1/organizations/acme/members' }),
  },
  {
    route: 'PUT /v1/organizations/{org}/members/{username}', may: ['acmeOwner', 'admin'], sees: ['acmeMember', 'acmeExecutor', 'viewer'], hidden: [404, 3100], success: 201, missing: '/v1/organizations/none/members/ana',
    request: async () => ({ path: `/v1/organizations/acme/members/${await newUser()}` }),
  },
  {
    route: 'DELETE /v1/organizations/{org}/members/{username}', may: ['acmeOwner', 'admin'], sees: ['acmeMember', 'acmeExecutor', 'viewer'], hidden: [404, 3100], success: 204, missing: '/v1/organizations/none/members/ana',
    request: async () => {
      const path = `/v1/organizations/acme/members/${await newUser()}`;
      await byAdmin('PUT', path);
      return { path };
    },
  },
];

test('no route is missing from the table, and the table names no route that is not there', () => {
  const served = servedRoutes().map(({ method, template }) => `${method} ${template}`);
  expect([...new Set(rows.map(({ route }) => route))].toSorted(compare)).toEqual(served.toSorted(compare));
});
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

function expected(row: Row, actor: Actor): readonly [status: number, code?: number] {
  if (row.may.includes(actor)) return [row.success];
  if (actor === 'nobody') return [401, 2002];
  if (row.hidden && !row.sees?.includes(actor)) return row.hidden;
  return [403, 2001];
}

/** The ways in which an actor can say who they are. */
async function credentialsOf(actor: Actor): Promise<[way: string, as: Credentials | undefined, headers?: Record<string, string>][]> {
  if (actor === 'nobody') return [['no credentials', undefined], ['a key that nobody has', { key: `sim${'0'.repeat(25)}` }], ['a cookie that is none', { cookie: 'next-auth.session-token=abc' }]];
  const person = people[actor];
  const session = await sessionOfPerson(person);
  return [
    ['AlgorithmKey', person],
    ['session', session, { origin: api.url, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }],
    ...(actor === 'admin' ? [['PlatformAdminKey', { key: await makeKey(person.name, 'PlatformAdminKey') }] as [string, Credentials]] : []),
  ];
}

describe.each(rows)('$route $about', (row) => {
  const method = row.route.split(' ')[0] ?? 'GET';

  test.each(actors)('%s', async (actor) => {
    const [status, code] = expected(row, actor);
    for (const [way, as, headers] of await credentialsOf(actor)) {
      // Where nothing is asked of the caller, credentials that are none are no reason to refuse.
      const { path, body } = await row.request();
      const answer = await api.call(method, path, { as, headers: { 'content-type': 'application/json', ...headers }, body });
      expect({ way, status: answer.status, body: code === undefined ? '' : answer.text }).toEqual({ way, status, body: code === undefined ? '' : answer.text });
      if (code !== undefined) expect(refusalOf(answer)).toEqual([status, code]);
    }
  });
});

describe('what may not be known of is answered like what does not exist', () => {
  test.each(rows.flatMap((row) => (row.missing === undefined ? [] : [{ ...row, missing: row.missing }])))('$route $about', async ({ route, request, missing }) => {
    const method = route.split(' ')[0] ?? 'GET';
    const { path, body } = await request();
    const [hidden, none] = [await api.call(method, path, { as: people.otto, body }), await api.call(method, missing, { as: people.otto, body })];
    const nameless = (text: string) => text.replace(/"id":"[^"]+"/, '').replace(/(named |: )[\w/]+/, '$1NAME');
    expect([hidden.status, nameless(hidden.text)]).toEqual([none.status, nameless(none.text)]);
  });
});

describe('lists show what the caller may see, and nothing else', () => {
  const listed = async (person: Person, path: string) => (await api.call('GET', path, { as: person })).json<{ results: unknown[] }>().results.length > 0;

  test('algorithms of a user and of an organization', async () => {
    await newAlgorithm('ana');
    await newAlgorithm('acme');
    const seen: Record<string, [boolean, boolean]> = {};
    for (const actor of signedIn) seen[actor] = [await listed(people[actor], '/v1/algorithms/ana'), await listed(people[actor], '/v1/algorithms/acme')];
    expect(seen).toEqual({
      otto: [false, false], ana: [true, false], acmeOwner: [false, true], acmeMember: [false, true], acmeExecutor: [false, true], viewer: [true, true], admin: [true, true],
    });
  });

  test('organizations', async () => {
    const seen = [];
    for (const actor of signedIn) if (await listed(people[actor], '/v1/organizations')) seen.push(actor);
    expect(seen).toEqual(['acmeOwner', 'acmeMember', 'acmeExecutor', 'viewer', 'admin']);
  });
});
