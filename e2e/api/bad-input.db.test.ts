import { afterAll, beforeAll, describe } from 'vitest';
import { setScene, testRefused, type Case, type Scene } from '@/e2e/support/refused';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.api.close());

const cases: Case[] = [
  ...['x', '..', '%00', '%2e%2e', 'ana%2Fmain', "1' OR '1'='1", '00000000-0000-4000-8000-00000000000g'].flatMap((id): Case[] => {
    const sent = id.includes(' ') ? encodeURIComponent(id) : id;
    const row = (method: string, path: string, refused: [number, number]): Case => ({ what: `${method} with the id ${id}`, method, path: () => path.replaceAll('{id}', sent), body: () => undefined, refused });
    return [
      row('GET', '/v1/algorithms/{id}/secrets', [404, 1009]),
      row('DELETE', `/v1/algorithms/{id}/secrets/{id}`, [404, 1009]),
      row('GET', '/v1/algorithms/ana/{id}', [404, 1000]),
      row('DELETE', '/v1/algorithms/{id}/main', [404, 1000]),
      row('GET', '/v1/users/{id}', [404, 3000]),
      row('GET', '/v1/users/{id}/keys', [404, 3000]),
      row('GET', '/v1/organizations/{id}', [404, 3100]),
      row('GET', '/v1/organizations/{id}/members', [404, 3100]),
      row('DELETE', '/v1/users/ana/keys/{id}', [404, 2015]),
    ];
  }),
  ...['x', '%00', '00000000-0000-4000-8000-000000000000'].flatMap((id): Case[] => [
    { what: `GET of the provider ${id}`, method: 'GET', path: () => `/v1/admin/secret-provider/${id}`, body: () => undefined, refused: [404, 8006] },
    { what: `DELETE of the provider ${id}`, method: 'DELETE', path: () => `/v1/admin/secret-provider/${id}`, body: () => undefined, refused: [404, 8006] },
    { what: `default of the provider ${id}`, method: 'POST', path: () => `/v1/admin/plugins/secret-provider/${id}/default`, body: () => undefined, refused: [404, 8006] },
    { what: `module of the provider ${id}`, method: 'GET', path: () => `/v1/admin/plugins/secret-provider/${id}`, body: () => undefined, refused: [404, 8006] },
    { what: `role of the account ${id}`, method: 'POST', path: () => `/admin/roles/${id}/cluster_viewer`, body: () => undefined, refused: [404, 3000] },
  ]),

  // Users
  ...([
    ['no name', { email: 'a@example.com' }, [400, 3005], /username is missing/],
    ['no address', { username: 'new' }, [400, 3005], /email is missing/],
    ['an empty object', {}, [400, 3005], undefined],
    ['a name that is a number', { username: 1, email: 'a@example.com' }, [400, 6001], /username/],
    ['a name with a dash', { username: 'a-b', email: 'a@example.com' }, [400, 6001], /letters, digits and underscores/],
    ['a name of 31 characters', { username: 'a'.repeat(31), email: 'a@example.com' }, [400, 6001], undefined],
    ['a name that begins with a digit', { username: '1a', email: 'a@example.com' }, [400, 6001], undefined],
    ['an address without a domain', { username: 'new', email: 'a@localhost' }, [400, 6001], /email/],
    ['an address that is none', { username: 'new', email: 'nobody' }, [400, 6001], /email/],
    ['a short password', { username: 'new', email: 'a@example.com', password: 'short' }, [400, 6001], /password/],
    ['a full name with NUL', { username: 'new', email: 'a@example.com', fullname: '\u0000' }, [400, 6001], /fullname/],
    ['a taken name', { username: 'Ana', email: 'a@example.com' }, [409, 3003], /taken|already/],
    ['the name of an organization', { username: 'ACME', email: 'a@example.com' }, [409, 3003], undefined],
    ['a taken address', { username: 'new', email: 'ANA@EXAMPLE.COM' }, [409, 3004], /address/],
  ] as const).map(([what, body, refused, says]): Case => ({ what: `a user with ${what}`, method: 'POST', path: () => '/v1/users', body: () => body, refused, says })),

  // Organizations
  ...([
    ['no name', {}, [400, 3103], /org_name is missing/],
    ['a name that is a number', { org_name: 5 }, [400, 3103], undefined],
    ['a bad name', { org_name: 'a b' }, [400, 3103], undefined],
    ['a taken name', { org_name: 'ACME' }, [409, 3101], undefined],
    ['the name of a user', { org_name: 'ana' }, [409, 3101], undefined],
    ['a type that does not exist', { org_name: 'neworg', type_id: 'gold' }, [400, 3108], /basic, legacy, pro/],
    ['a bad address', { org_name: 'neworg', org_email: 'x' }, [400, 3103], /org_email/],
  ] as const).map(([what, body, refused, says]): Case => ({ what: `an organization with ${what}`, method: 'POST', path: () => '/v1/organizations', body: () => body, refused, says })),
  { what: 'another name for an organization', method: 'PUT', path: () => '/v1/organizations/acme', body: () => ({ org_name: 'other' }), refused: [400, 3103], says: /stays acme/ },
  { what: 'a type that does not exist for an organization', method: 'PUT', path: () => '/v1/organizations/acme', body: () => ({ type_id: 'gold' }), refused: [400, 3108] },
  { what: 'a member who is no user', method: 'PUT', path: () => '/v1/organizations/acme/members/nobody', body: () => undefined, refused: [404, 3000] },
  { what: 'a role that does not exist', method: 'PUT', path: () => '/v1/organizations/acme/members/ana', body: () => ({ role: 'king' }), refused: [400, 3103], says: /owner, member or executor/ },
  { what: 'no JSON for a member', method: 'PUT', path: () => '/v1/organizations/acme/members/ana', body: () => 'role=owner', refused: [400, 2013] },
  { what: 'removing who is no member', method: 'DELETE', path: () => '/v1/organizations/acme/members/ana', body: () => undefined, refused: [404, 3000] },

  // Algorithms
  ...([
    ['no name', {}, [400, 6001], /name is missing/],
    ['the name secrets', { name: 'Secrets' }, [400, 6001], /secrets/],
    ['a name with a dash', { name: 'a-b' }, [400, 6001], undefined],
    ['a name of 61 characters', { name: 'a'.repeat(61) }, [400, 6001], undefined],
    ['a taken name', { name: 'MAIN' }, [409, 1002], /MAIN/],
    ['details that are a text', { name: 'a', details: 'x' }, [400, 6001], /details/],
    ['settings that are an array', { name: 'a', settings: [] }, [400, 6001], /settings/],
    ['settings with NUL', { name: 'a', settings: { x: ['a\u0000'] } }, [400, 6001], /settings/],
    ['settings with NUL in a name', { name: 'a', settings: { 'a\u0000': 1 } }, [400, 6001], /settings/],
    ['settings with half a surrogate pair', { name: 'a', settings: { x: { y: '\ud800' } } }, [400, 6001], /settings/],
  ] as const).map(([what, body, refused, says]): Case => ({ what: `an algorithm with ${what}`, method: 'POST', path: () => '/v1/algorithms/ana', body: () => body, refused, says })),
  { what: 'an algorithm of nobody', method: 'POST', path: () => '/v1/algorithms/nobody', body: () => ({ name: 'a' }), refused: [404, 3000] },

  // Keys
  ...([
    ['no type', {}, /key_type is missing/],
    ['a type that does not exist', { key_type: 'MasterKey' }, /PlatformAdminKey or AlgorithmKey/],
    ['permissions with NUL', { key_type: 'AlgorithmKey', permissions: { a: '\u0000' } }, /permissions/],
    ['a label that is a number', { key_type: 'AlgorithmKey', key_label: 3 }, /key_label/],
  ] as const).map(([what, body, says]): Case => ({ what: `a key with ${what}`, method: 'POST', path: () => '/v1/users/ana/keys', body: () => body, refused: [400, 6001], says })),
  { what: 'a PlatformAdminKey for who is no admin', method: 'POST', path: () => '/v1/users/ana/keys', body: () => ({ key_type: 'PlatformAdminKey' }), refused: [403, 2001], says: /no admin/ },

  // Providers
  ...([
    ['no name', { factoryClassName: 'x.Y' }, /name is missing/],
    ['no class', { name: 'new' }, /factoryClassName is missing/],
    ['a field that is not known', { name: 'new', factoryClassName: 'x.Y', colour: 'red' }, /colour/],
    ['its own id sent back', { id: 'x', name: 'new', factoryClassName: 'x.Y' }, /\bid\b/],
    ['a flag that is a text', { name: 'new', factoryClassName: 'x.Y', isEnabled: 'true' }, /isEnabled must be true or false/],
    ['a configuration that is an array', { name: 'new', factoryClassName: 'x.Y', configuration: [] }, /configuration/],
    ['a configuration with a number', { name: 'new', factoryClassName: 'x.Y', configuration: { a: 1 } }, /configuration/],
    ['a configuration with NUL', { name: 'new', factoryClassName: 'x.Y', configuration: { a: '\u0000' } }, /configuration/],
    ['a null that keeps nothing', { name: 'new', factoryClassName: 'x.Y', configuration: { a: null } }, /configuration\.a/],
  ] as const).map(([what, body, says]): Case => ({ what: `a provider with ${what}`, method: 'POST', path: () => '/v1/admin/secret-provider', body: () => body, refused: [400, 6001], says })),
  { what: 'a provider with a taken name in another case', method: 'POST', path: () => '/v1/admin/secret-provider', body: () => ({ name: 'DISABLED', factoryClassName: 'x.Y' }), refused: [409, 6001] },

  // Queries
  ...['marker=%00', 'marker=!', 'limit=0', 'limit=501', 'limit=x', 'limit=1.5', `marker=${'a'.repeat(600)}`].map((query): Case => ({
    what: `a list with ${query.slice(0, 20)}`, method: 'GET', path: () => `/v1/users?${query}`, body: () => undefined, refused: [400, 6001], says: /marker|limit/,
  })),

  // What is ignored is still held to be JSON
  { what: 'no JSON where no body is asked for', method: 'POST', path: ({ api }) => `/v1/admin/plugins/secret-provider/${api.internalProvider}/default`, body: () => '{', refused: [400, 2013] },
];

describe('is refused:', () => {
  testRefused(cases, () => scene);
});
