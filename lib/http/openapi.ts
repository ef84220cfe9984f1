import { z } from 'zod';
import { errorCatalogue } from '@/lib/errors';
import { methods, type AnyOperation } from '@/lib/http/operation';
import type { RouteEntry } from '@/lib/http/route-entry';
import { errorBodySchema } from '@/lib/schemas/common';

type JsonObject = Record<string, unknown>;

/**
 * A zod schema as the document's. "Any JSON" comes as a definition that refers to itself, in a `$defs` that is not where
 * the document's references lead; the empty schema says the same.
 */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, $defs: _definitions, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonObject;
  const text = JSON.stringify(rest, (_name, value: unknown) => (typeof value === 'object' && value !== null && '$ref' in value ? {} : value));
  return JSON.parse(text) as JsonObject;
}

function parametersOf(path: string, row: AnyOperation): JsonObject[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => ({ name: match[1], in: 'path', required: true, schema: { type: 'string' } }));
  const query = row.query ? schemaOf(row.query, 'input') : {};
  const required = (query.required ?? []) as string[];
  const inQuery = Object.entries((query.properties ?? {}) as JsonObject).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
  return [...inPath, ...inQuery];
}

function operationObject(path: string, row: AnyOperation): JsonObject {
  const success: JsonObject = { description: row.summary };
  if (row.answer) success.content = { [row.inLines ? 'application/x-ndjson' : 'application/json']: { schema: schemaOf(row.answer, 'output') } };
  const responses: JsonObject = { [row.status]: success, default: { $ref: '#/components/responses/Error' } };
  if (row.path === undefined && row.status === 201 && !row.answer) responses['200'] = { description: `${row.summary}: it was there already` };
  return {
    summary: row.summary,
    ...(row.access === 'anyone' ? { security: [] } : { 'x-permission': row.access }),
    parameters: parametersOf(path, row),
    ...requestBodyOf(row),
    responses,
  };
}

function requestBodyOf(row: AnyOperation): JsonObject {
  if (row.upload) {
    const file = { type: 'string', contentMediaType: 'application/octet-stream' };
    return { requestBody: { required: true, content: { 'multipart/form-data': { schema: { type: 'object', properties: { [row.upload.field]: file }, required: [row.upload.field] } } } } };
  }
  if (!row.body) return {};
  return { requestBody: { required: !row.body.safeParse(undefined).success, content: { 'application/json': { schema: schemaOf(row.body, 'input') } } } };
}

/** Folder names to the document's form: `/v1/users/[username]` to `/v1/users/{username}`. */
function templateOf(path: string): string {
  return path.replace(/\[(\w+)\]/g, '{$1}');
}

/** The OpenAPI 3.1 document, from the very rows that serve the requests. `url` is the public address. */
export function openApiDocument(routes: readonly RouteEntry[], url: string): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const { path, module } of routes) {
    for (const method of methods) {
      const row = (module[method] as { operation?: AnyOperation } | undefined)?.operation;
      if (!row) continue;
      const template = row.path ?? templateOf(path);
      (paths[template] ??= {})[method.toLowerCase()] = operationObject(template, row);
    }
  }
  const codes = Object.entries(errorCatalogue).map(([name, { code, status, about }]) => `${code} ${name} (${status}): ${about}`);
  return {
    openapi: '3.1.0',
    info: { title: 'Secret Store', version: '1', description: `Secrets for algorithms, and the providers that keep them. Every failure has a body of one form.\n\n${codes.join('\n\n')}` },
    servers: [{ url }],
    security: [{ apiKey: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`Simple KEY`, `Bearer KEY` or `KEY`' },
        session: { type: 'apiKey', in: 'cookie', name: url.startsWith('https:') ? '__Secure-next-auth.session-token' : 'next-auth.session-token' },
      },
      responses: {
        Error: { description: 'What happened, to which thing, what to do next', content: { 'application/json': { schema: schemaOf(errorBodySchema, 'output') } } },
      },
    },
  };
}
