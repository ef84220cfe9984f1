import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send, type Answer, type Sent } from '@/e2e/support/http';
import { asAdmin, makeAdminKey } from '@/e2e/support/operator';
import { freePorts, startProduct, type Product } from '@/e2e/support/product';
import { projectRoot } from '@/server/root';

let product: Product;
/** The same build on the same database, with Next's own routing in place of the direct mount. */
let next: ChildProcess;
let nextUrl: string;
let key: string;
/** An algorithm and a secret for each of the two, so that both find the same. */
const ids: Record<string, { algorithm: string; secret: string }> = {};

beforeAll(async () => {
  product = await startProduct({ env: asAdmin });
  const { port } = await freePorts();
  const environment = (await readFile(`/proc/${await product.pidOf('web')}/environ`, 'utf8')).split('\0').map((line) => line.split(/=(.*)/s));
  const env = Object.fromEntries(environment.flatMap(([name = '', value = '']) => (name === '' ? [] : [[name, value]]))) as NodeJS.ProcessEnv;
  next = fork(path.join(projectRoot, 'dist/server/web.mjs'), ['--api-by-next'], { cwd: projectRoot, env: { ...env, PORT: String(port), SECRET_STORE_URL: product.url } });
  await once(next, 'message');
  nextUrl = `http://127.0.0.1:${port}`;
  key = await makeAdminKey(product.url);
  const make = async (at: string, body: unknown) => String((await send(product.url, { method: 'POST', path: at, body, headers: { authorization: key } })).json().id);
  for (const host of ['mounted', 'byNext']) {
    const algorithm = await make('/v1/algorithms/admin', { name: `main_${host}` });
    ids[host] = { algorithm, secret: await make(`/v1/algorithms/${algorithm}/secrets`, { short_name: 'n', secret_key: 'KEY', secret_value: 'v' }) };
  }
});
afterAll(async () => {
  next?.disconnect();
  await product?.stop();
});

const headersCompared = ['content-type', 'cache-control', 'allow', 'www-authenticate', 'retry-after', 'content-security-policy', 'x-content-type-options', 'referrer-policy'];

/** What is left of an answer without what differs from one to the next: ids, times, keys, and which host it was about. */
function comparable(answer: Answer): unknown {
  const text = answer.text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, 'ID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    .replace(/sim\w{3}…\w{4}|sim\w{25}/g, 'KEY')
    .replace(/#[\w-]{43}/g, '#TOKEN')
    .replaceAll(/mounted|bynext/gi, 'HOST');
  return { status: answer.status, text, hasId: /^[0-9a-f-]{36}$/.test(String(answer.headers['x-request-id'])), ...Object.fromEntries(headersCompared.map((name) => [name, answer.headers[name]])) };
}

type Ask = (host: string) => Sent & { anonymous?: boolean };
const secrets = (host: string) => `/v1/algorithms/${ids[host]?.algorithm}/secrets`;
const asks: [string, Ask][] = [
  ['a list of secrets', (host) => ({ path: secrets(host) })],
  ['a new secret', (host) => ({ method: 'POST', path: secrets(host), body: { short_name: 'n', secret_key: 'NEW', secret_value: 'v' } })],
  ['a taken key', (host) => ({ method: 'POST', path: secrets(host), body: { short_name: 'n', secret_key: 'KEY', secret_value: 'v' } })],
  ['a changed secret', (host) => ({ method: 'PUT', path: `${secrets(host)}/${ids[host]?.secret}`, body: { short_name: 'm' } })],
  ['a removed secret', (host) => ({ method: 'DELETE', path: `${secrets(host)}/${ids[host]?.secret}` })],
  ['a second removal', (host) => ({ method: 'DELETE', path: `${secrets(host)}/${ids[host]?.secret}` })],
  ['a restored secret', (host) => ({ method: 'POST', path: `${secrets(host)}/${ids[host]?.secret}/restore` })],
  ['a new user', (host) => ({ method: 'POST', path: '/v1/users', body: { username: `user_${host}`, email: `${host}@example.com` } })],
  ['a new key', (host) => ({ method: 'POST', path: `/v1/users/user_${host}/keys`, body: { key_type: 'AlgorithmKey' } })],
  ['a role', (host) => ({ method: 'POST', path: `/admin/roles/user_${host}/cluster_viewer` })],
  ['a new organization', (host) => ({ method: 'POST', path: '/v1/organizations', body: { org_name: `org_${host}` } })],
  ['a member', (host) => ({ method: 'PUT', path: `/v1/organizations/org_${host}/members/user_${host}` })],
  ['an algorithm', (host) => ({ path: `/v1/algorithms/admin/main_${host}` })],
  ['one that does not exist', () => ({ path: '/v1/algorithms/admin/none' })],
  ['an encoded name', (host) => ({ path: `/v1/algorithms/%61dmin/main_${host}` })],
  ['a name encoded twice', () => ({ path: '/v1/users/%2561dmin' })],
  ['an encoded slash', () => ({ path: '/v1/algorithms/a%2Fb/c' })],
  ['NUL in a path', () => ({ path: '/v1/users/%00' })],
  ['broken encoding', () => ({ path: '/v1/users/%ff' })],
  ['a page of a list', () => ({ path: '/v1/users?limit=1' })],
  ['a bad marker', () => ({ path: '/v1/users?marker=!' })],
  ['the providers', () => ({ path: '/v1/admin/secret-provider' })],
  ['the API document', () => ({ path: '/v1/openapi.json', anonymous: true })],
  ['no credentials', () => ({ path: '/v1/users', anonymous: true })],
  ['a bad key', () => ({ path: '/v1/users', anonymous: true, headers: { authorization: 'Simple nonsense' } })],
  ['an unknown path', () => ({ path: '/v1/nothing/at/all' })],
  ['an unknown role', () => ({ method: 'POST', path: '/admin/roles/admin/other' })],
  ['the base path', () => ({ path: '/v1' })],
  ['the roles’ base path', () => ({ path: '/admin/roles' })],
  ['a wrong method', () => ({ method: 'PATCH', path: '/v1/users' })],
  ['OPTIONS', () => ({ method: 'OPTIONS', path: '/v1/users' })],
  ['HEAD', () => ({ method: 'HEAD', path: '/v1/users' })],
  ['HEAD of nothing', () => ({ method: 'HEAD', path: '/v1/nothing' })],
  ['a trailing slash', () => ({ path: '/v1/organization/types/' })],
  ['malformed JSON', (host) => ({ method: 'POST', path: secrets(host), body: '{' })],
  ['a name twice', (host) => ({ method: 'POST', path: secrets(host), body: '{"a":1,"a":2}' })],
  ['bytes that are no UTF-8', (host) => ({ method: 'POST', path: secrets(host), body: Buffer.of(0x7b, 0xff) })],
  ['no body', (host) => ({ method: 'POST', path: secrets(host) })],
  ['a body over 1 MiB', (host) => ({ method: 'POST', path: secrets(host), body: Buffer.alloc(1024 * 1024 + 1, 0x20) })],
  ['a change from a foreign page', () => ({ method: 'POST', path: '/v1/users', anonymous: true, headers: { origin: 'https://evil.example' }, body: {} })],
];

describe('both hosts answer alike:', () => {
  test.each(asks)('%s', async (_what, ask) => {
    const answers: unknown[] = [];
    for (const [host, url] of [['mounted', product.url], ['byNext', nextUrl]] as const) {
      const { anonymous, headers, ...sent } = ask(host);
      answers.push(comparable(await send(url, { ...sent, headers: { 'content-type': 'application/json', ...(anonymous ? {} : { authorization: `Simple ${key}` }), ...headers } })));
    }
    expect(answers[1]).toEqual(answers[0]);
  });
});

test('nobody has pictures made smaller here', async () => {
  const answer = await send(product.url, { path: '/_next/image?url=%2Ffavicon.ico&w=64&q=75' });
  expect(answer.status).toBe(404);
});
