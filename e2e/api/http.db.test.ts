import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionOfPerson, type Person, type TestApi } from '@/e2e/support/api';
import { digestOfDatabase } from '@/e2e/support/dump';
import { exchange, parseRaw } from '@/e2e/support/raw';
import { setScene, type Scene } from '@/e2e/support/refused';
import { refusalOf } from '@/e2e/support/secrets';

const arrivalMs = 400;
let scene: Scene;
let api: TestApi;
let ana: Person;
let secretsPath: string;

beforeAll(async () => {
  scene = await setScene({ arrivalMs });
  ({ api, ana } = scene);
  secretsPath = `/v1/algorithms/${scene.algorithm}/secrets`;
});
afterAll(() => api?.close());

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('where there is nothing', () => {
  test.each([
    ['GET', '/v1'], ['GET', '/v1/'], ['GET', '/v1//users'], ['GET', '/v1/users//'], ['GET', '/v1/nothing'], ['POST', '/v1/nothing/at/all'], ['GET', '/v1/%75sers'], ['GET', '/v1/users/%ff'], ['DELETE', '/v1/algorithms/ana/%c3%28'], ['GET', '/v1/users/%'], ['GET', '/v1/users/ana/'.concat('x/'.repeat(200))],
    ['DELETE', '/v1/nothing'], ['PATCH', '/v1/nothing'], ['OPTIONS', '/v1/nothing'], ['GET', '/admin/roles'], ['GET', '/admin/roles/'], ['POST', '/admin/roles/ana/other_role'], ['PROPFIND', '/v1/nothing'],
  ])('%s %s is 404 in the contract’s form', async (method, path) => {
    expect(refusalOf(await api.call(method, path, { as: api.admin, headers: { 'content-type': 'application/json' } }))).toEqual([404, 2015]);
    expect(await digestOfDatabase(api)).toEqual(scene.before);
  });

  test('HEAD is 404 without a body', async () => {
    const answer = await api.call('HEAD', '/v1/nothing', { as: api.admin });
    expect([answer.status, answer.text]).toEqual([404, '']);
  });
});

describe('a method that a path does not have', () => {
  test.each([
    ['PATCH', '/v1/users', 'GET, HEAD, POST'], ['DELETE', '/v1/users', 'GET, HEAD, POST'], ['OPTIONS', '/v1/users', 'GET, HEAD, POST'], ['PROPFIND', '/v1/users', 'GET, HEAD, POST'], ['TRACE', '/v1/users', 'GET, HEAD, POST'],
    ['GET', '/admin/roles/ana/cluster_viewer', 'POST, DELETE'], ['PUT', '/v1/admin/secret-provider/x', 'GET, HEAD, POST, DELETE'], ['POST', '/v1/openapi.json', 'GET, HEAD'],
  ])('%s %s is 405, with the methods that it has', async (method, path, allow) => {
    const answer = await api.call(method, path, { as: api.admin });
    expect(refusalOf(answer)).toEqual([405, 2015]);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.text).toContain(method);
  });

  test('HEAD where there is no GET is 405 without a body', async () => {
    const answer = await api.call('HEAD', '/v1/password-links/redeem');
    expect([answer.status, answer.text, answer.headers.allow]).toEqual([405, '', 'POST']);
  });
});

describe('what looks odd and is right', () => {
  const users = '/v1/users';
  test('HEAD answers like GET without the body', async () => {
    const [get, head] = [await api.call('GET', users, { as: api.admin }), await api.call('HEAD', users, { as: api.admin })];
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']]);
  });

  test('a trailing slash makes no difference', async () => {
    expect((await api.call('GET', `${users}/`, { as: api.admin })).status).toBe(200);
  });

  test.each(['Simple KEY', 'simple KEY', 'Bearer KEY', 'bearer KEY', 'KEY', '  Simple   KEY '])('Authorization: %s', async (form) => {
    expect((await api.call('GET', users, { headers: { authorization: form.replace('KEY', api.admin.key) } })).status).toBe(200);
  });

  test.each(['Basic KEY', 'Token KEY', 'SimpleKEY', 'Simple', '', 'Simple KEY more', 'KEY KEY', 'Simple sim', 'Simple KEYx'])('Authorization: %s is refused', async (form) => {
    const answer = await api.call('GET', users, { headers: { authorization: form.replaceAll('KEY', api.admin.key) } });
    expect(refusalOf(answer)).toEqual([401, 2002]);
    expect(answer.headers['www-authenticate']).toContain('Simple');
    expect(answer.text).not.toContain(api.admin.key);
  });

  test('GET and DELETE with Content-Type: application/json and no body', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await api.call('GET', users, { as: api.admin, headers })).status).toBe(200);
    const { id } = (await api.call('POST', '/v1/users/ana/keys', { as: ana, body: { key_type: 'AlgorithmKey' } })).json();
    expect((await api.call('DELETE', `/v1/users/ana/keys/${String(id)}`, { as: ana, headers })).status).toBe(204);
    await api.query('DELETE FROM api_keys WHERE id = $1', [id]);
  });

  test('an absolute URL as the target, as sent to a proxy', async () => {
    const raw = await exchange(api.url, [`GET http://elsewhere.example${users}?limit=1 HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.admin.key}\r\nConnection: close\r\n\r\n`]);
    expect(parseRaw(raw).status).toBe(200);
  });

  test('a byte order mark in front of the JSON', async () => {
    const answer = await api.call('PUT', '/v1/organizations/acme', { as: api.admin, body: `﻿${JSON.stringify({ org_label: '' })}` });
    expect(answer.status).toBe(204);
  });

  test('64 levels, a repeated name in different objects, and fields that a client sends along', async () => {
    const body = `{"name":"levels","settings":{"a":{"x":1},"b":{"x":2},"deep":${nested(62)}},"shouldCreateHello":true,"resource_type":"algorithm","id":"7"}`;
    const answer = await api.call('POST', '/v1/algorithms/ana', { as: ana, body });
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({ settings: { a: { x: 1 }, b: { x: 2 } } });
    expect(answer.json().id).not.toBe('7');
    await api.call('DELETE', '/v1/algorithms/ana/levels', { as: ana });
  });

  test('names are found whatever their case', async () => {
    expect((await api.call('GET', '/v1/algorithms/ANA/Main', { as: ana })).json().id).toBe(scene.algorithm);
    expect((await api.call('GET', `/v1/algorithms/${scene.algorithm.toUpperCase()}/secrets`, { as: ana })).status).toBe(200);
  });

  test('an encoded name is the name', async () => {
    expect((await api.call('GET', '/v1/users/%61na', { as: ana })).status).toBe(200);
  });
});

describe('a body’s type', () => {
  const body = JSON.stringify({ org_label: '' });
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'nonsense'])('%s is no obstacle with a key, and refused with a session', async (type) => {
    expect((await api.call('PUT', '/v1/organizations/acme', { as: api.admin, body, headers: { 'content-type': type } })).status).toBe(204);
    const session = await sessionOfPerson(api.admin);
    expect(refusalOf(await api.call('PUT', '/v1/organizations/acme', { as: session, body, headers: { 'content-type': type, origin: api.url } }))).toEqual([400, 2015]);
    expect(refusalOf(await api.call('POST', `/admin/roles/ana/cluster_viewer`, { as: session, body, headers: { 'content-type': type, origin: api.url } }))).toEqual([400, 2015]);
  });

  test('a session’s body without a type is refused, JSON with a charset is not', async () => {
    const session = await sessionOfPerson(api.admin);
    expect(refusalOf(await api.call('PUT', '/v1/organizations/acme', { as: session, body, headers: { origin: api.url } }))).toEqual([400, 2015]);
    expect((await api.call('PUT', '/v1/organizations/acme', { as: session, body, headers: { 'content-type': 'application/json; charset=utf-8', origin: api.url } })).status).toBe(204);
  });
});

describe('too large, too slow, no HTTP', () => {
  const head = (length: string, more = '') => `POST /v1/algorithms/${scene.algorithm}/secrets HTTP/1.1\r\nHost: x\r\nAuthorization: ${ana.key}\r\nContent-Type: application/json\r\n${length}\r\n${more}\r\n`;
  const mebibyte = 1024 * 1024;
  let before: Record<string, string>;
  beforeAll(async () => {
    before = await digestOfDatabase(api);
  });
  const unchanged = async () => expect(await digestOfDatabase(api)).toEqual(before);
  const refusedRaw = (raw: string) => {
    const { status, body } = parseRaw(raw);
    return [status, (JSON.parse(body) as { error: { code: number } }).error.code];
  };

  test('a body of just 1 MiB is read', async () => {
    expect(refusalOf(await api.call('POST', secretsPath, { as: ana, body: `{"x":"${'x'.repeat(mebibyte - 8)}"}` }))).toEqual([400, 8000]);
  });

  test.each([['by its length', true], ['without a length', false]])('a body over 1 MiB is 413 %s, and the connection closes', async (_how, hasLength) => {
    const body = Buffer.alloc(2 * mebibyte, 0x20);
    const raw = await exchange(api.url, hasLength
      ? [head(`Content-Length: ${body.length}`), body]
      : [head('Transfer-Encoding: chunked'), `${body.length.toString(16)}\r\n`, body, '\r\n0\r\n\r\n']);
    expect(refusedRaw(raw)).toEqual([413, 2015]);
    expect(raw).toMatch(/^connection: close/im);
    await unchanged();
  });

  test('a body over 1 MiB is refused before it is sent when its length says so', async () => {
    expect(refusedRaw(await exchange(api.url, [head(`Content-Length: ${500 * mebibyte}`)]))).toEqual([413, 2015]);
  });

  test('a body over 64 KiB to a page or to sign-in is refused before it is sent, whoever sends it', async () => {
    for (const path of ['/api/auth/callback/credentials', '/sign-in', '/v1x']) {
      const raw = await exchange(api.url, [`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${64 * 1024 + 1}\r\n\r\n`]);
      expect(refusedRaw(raw)).toEqual([413, 2015]);
      expect(raw).toMatch(/^connection: close/im);
    }
    expect((await exchange(api.url, [`POST /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\na=b`])).endsWith('a page')).toBe(true);
  });

  test('a body over 1 MiB is answered to a client that sends all of it first', async () => {
    for (const size of [mebibyte + 1, 8 * mebibyte]) {
      expect(refusalOf(await api.call('POST', secretsPath, { as: ana, body: Buffer.alloc(size, 0x20) }))).toEqual([413, 2015]);
    }
  });

  test.each(['Content-Length: 100', 'Transfer-Encoding: chunked'])('a body that never ends is 408 (%s)', async (length) => {
    const raw = await exchange(api.url, [head(length), length.startsWith('T') ? '5\r\n{"sho\r\n' : '{"sho'], 5 * arrivalMs + 500);
    expect(refusedRaw(raw)).toEqual([408, 2015]);
    await unchanged();
  });

  test('a head that never ends is 408', async () => {
    expect(refusedRaw(await exchange(api.url, ['POST /v1/users HTTP/1.1\r\nHost: x\r\n'], 5 * arrivalMs + 500))).toEqual([408, 2015]);
  });

  test('a body that is cut off changes nothing, and the server goes on', async () => {
    await exchange(api.url, [head('Content-Length: 100'), '{"short_name":"n"'], 50);
    await unchanged();
    expect((await api.call('GET', secretsPath, { as: ana })).status).toBe(200);
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a bad header', 'GET /v1/users HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n', 400],
    ['two lengths', 'POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', 400],
    ['length and chunks', 'POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['no Host', 'GET /v1/users HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a target without a path', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
    ['a request to be a proxy', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', 405],
    ['a head over 16 KiB', `GET /v1/users HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is refused in the contract’s form', async (_what, text, status) => {
    const raw = await exchange(api.url, [text]);
    const parsed = parseRaw(raw);
    expect(parsed.status).toBe(status);
    expect(parsed.head).toMatch(/^x-request-id: [0-9a-f-]{36}/im);
    expect(JSON.parse(parsed.body)).toMatchObject({ error: { code: 2015, message: expect.any(String) } });
  });

  test.each([
    ['HTTP/1.0 without Host', 'GET /v1/openapi.json HTTP/1.0\r\n\r\n'],
    ['an expectation that nobody knows', 'GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\nExpect: luck\r\nConnection: close\r\n\r\n'],
    ['an offer to go on with HTTP/2', 'GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n'],
  ])('%s is no reason to refuse', async (_what, text) => {
    expect(parseRaw(await exchange(api.url, [text])).status).toBe(200);
  });
});
