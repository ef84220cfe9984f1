import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '@/e2e/support/api';
import { servedRoutes } from '@/e2e/support/routes';
import { errorCatalogue } from '@/lib/errors';

interface Parameter { name: string; in: string; required: boolean; schema: object }
interface Operation {
  summary: string;
  security?: object[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, { type: string; in: string; name: string }>; responses: Record<string, object> };
}

let api: TestApi;
let document: Document;

beforeAll(async () => {
  api = await startApi();
  document = (await api.call('GET', '/v1/openapi.json')).json<Document>();
});
afterAll(() => api?.close());

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
const described = () => Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })));

/** Every object in the document, with where it is. */
function* objectsIn(value: unknown, at = '#'): Generator<[at: string, value: Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Record<string, unknown>];
  for (const [name, member] of Object.entries(value)) yield* objectsIn(member, `${at}/${name}`);
}

describe('the API document', () => {
  test('names every route that is served, and no other', () => {
    const named = described().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const served = servedRoutes().map(({ method, template }) => `${method} ${template}`);
    expect(named.toSorted(compare)).toEqual(served.toSorted(compare));
  });

  test('is OpenAPI 3.1 with our own address', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(document.servers).toEqual([{ url: api.url }]);
    expect(Object.keys(document).filter((name) => !['openapi', 'info', 'servers', 'security', 'paths', 'components'].includes(name))).toEqual([]);
  });

  test('says that no credentials are needed exactly where none are', async () => {
    const open = described().filter(({ operation }) => operation.security?.length === 0).map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(open.toSorted(compare)).toEqual(['GET /v1/health', 'GET /v1/openapi.json', 'POST /v1/password-links/redeem']);
    for (const { path, method, operation } of described()) {
      const isOpen = operation.security !== undefined;
      const answer = await api.call(method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'), { headers: { 'content-type': 'application/json' } });
      expect({ path, method, refused: answer.status === 401 }).toEqual({ path, method, refused: !isOpen });
    }
  });

  test('refers to security schemes that it has', () => {
    for (const requirement of document.security) for (const name of Object.keys(requirement)) expect(document.components.securitySchemes).toHaveProperty(name);
    for (const scheme of Object.values(document.components.securitySchemes)) expect(scheme).toMatchObject({ type: 'apiKey', in: expect.stringMatching(/^(header|cookie)$/), name: expect.any(String) });
  });

  test('declares the parameters of each path, each once', () => {
    for (const { path, operation } of described()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(inPath);
      expect(new Set(operation.parameters.map(({ name, in: place }) => `${place} ${name}`)).size).toBe(operation.parameters.length);
      for (const parameter of operation.parameters) expect(parameter).toMatchObject({ required: expect.any(Boolean), schema: expect.any(Object) });
    }
  });

  test('describes every success and every failure', () => {
    for (const { operation, path, method } of described()) {
      expect(operation.summary).not.toBe('');
      const codes = Object.keys(operation.responses);
      expect({ path, method, codes }).toMatchObject({ codes: expect.arrayContaining(['default', expect.stringMatching(/^2\d\d$/)]) });
      for (const response of Object.values(operation.responses)) expect(response.$ref ?? response.description).toBeTruthy();
      const success = operation.responses['204'];
      if (success) expect(success.content).toBeUndefined();
    }
  });

  test('has no reference that leads nowhere', () => {
    for (const [at, { $ref }] of objectsIn(document)) {
      if ($ref === undefined) continue;
      const target = ($ref as string).split('/').slice(1).reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
      expect({ at, $ref, found: target !== undefined }).toEqual({ at, $ref, found: true });
    }
  });

  test('has only patterns that other languages read too: no flag, no property escape, no named group', () => {
    const patterns = [...objectsIn(document)].flatMap(([, { pattern }]) => (typeof pattern === 'string' ? [pattern] : []));
    expect(patterns.length).toBeGreaterThan(5);
    for (const pattern of new Set(patterns)) {
      expect(pattern).not.toMatch(/\\[pPk]|\(\?<[^=!]/);
      expect(() => new RegExp(pattern)).not.toThrow();
    }
  });

  test('requires of a body what the route requires', () => {
    const schemaOf = (path: string, method: string) => document.paths[path]?.[method]?.requestBody?.content['application/json']?.schema;
    expect(schemaOf('/v1/algorithms/{algorithmId}/secrets', 'post')).toMatchObject({ type: 'object', required: ['short_name', 'secret_key'], anyOf: [{ required: ['secret_value'] }, { required: ['provider_key'] }] });
    expect(schemaOf('/v1/admin/secret-provider', 'post')).toMatchObject({ type: 'object', required: ['name', 'factoryClassName'], additionalProperties: false });
    expect(document.paths['/v1/organizations/{org}/members/{username}']?.put?.requestBody?.required).toBe(false);
  });

  test('lists every error of the contract with its number', () => {
    const contract = [1000, 1002, 1009, 2001, 2002, 2013, 2015, 6001, 3000, 3003, 3004, 3005, 3100, 3101, 3103, 3108, 5001, 8000, 8001, 8002, 8003, 8014, 8004, 8005, 8006, 8008, 8007, 8010, 8009, 8011, 8013, 8012];
    expect([...new Set<number>(Object.values(errorCatalogue).map(({ code }) => code))].toSorted((a, b) => a - b)).toEqual(contract.toSorted((a, b) => a - b));
    for (const code of contract) expect(document.info.description).toContain(`${code} `);
  });
});
