import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError, errorCatalogue, type ErrorBody, type ErrorName } from '@/lib/errors';
import { log } from '@/lib/log';

function errorBody(requestId: string, code: number, message: string): ErrorBody {
  return { error: { id: requestId, code, message } };
}

function send(reply: FastifyReply, name: ErrorName, message: string, retryAfterSeconds?: number): FastifyReply {
  const { code, status } = errorCatalogue[name];
  if (retryAfterSeconds !== undefined) reply.header('Retry-After', String(retryAfterSeconds));
  return reply.code(status).header('Content-Type', 'application/json; charset=utf-8').send(JSON.stringify(errorBody(reply.request.id, code, message)));
}

/** What the schema makes of a body; throws InputValidationError naming the first field that is wrong, never its content. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ApiError('InputValidationError', `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not valid'}`);
}

const faultClasses = ['22', '23', '42'];

/** PostgreSQL's own codes for "your statement is wrong" are faults of ours; all else means that the database is away. */
function isDatabaseFault(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^[0-9A-Z]{5}$/.test(code) && faultClasses.includes(code.slice(0, 2));
}

function isDatabaseAway(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^[0-9A-Z]{5}$/.test(code)) return !isDatabaseFault(error);
  return /^E[A-Z]+$/.test(code) || /timeout|terminated|connection|not queryable/i.test(error.message);
}

function onError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ApiError) return send(reply, error.errorName, error.message, error.retryAfterSeconds);
  const code = 'code' in error ? error.code : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return send(reply, 'RequestTooLarge', 'The body is over 1 MiB.');
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return send(reply, 'InvalidRequest', 'The body is not as long as Content-Length says.');
  if (isDatabaseAway(error)) {
    log.warn({ requestId: request.id, reason: error.message }, 'the database is away');
    return send(reply, 'Unavailable', 'The database is away; try again in a moment.', 1);
  }
  // Not the error whole: PostgreSQL adds the row that it refused.
  log.error({ requestId: request.id, reason: error.message, stack: error.stack }, 'a request failed');
  return send(reply, 'InternalServerError', 'Something went wrong on our side. The log has the cause under this id.');
}

/** The contract's error bodies for everything that is no success, and a request id on every answer. */
export function speakContract(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', (route) => {
    const known = methods.get(route.url) ?? new Set<string>();
    for (const method of [route.method].flat()) known.add(method);
    methods.set(route.url, known);
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id).header('Cache-Control', 'no-store');
    done();
  });
  app.setErrorHandler(onError);
  app.setNotFoundHandler((request, reply) => {
    const known = methods.get(request.url.split('?')[0] ?? '');
    if (!known) return send(reply, 'PathNotFound', 'There is nothing at this path of the delivery plane.');
    reply.header('Allow', [...known].join(', '));
    return send(reply, 'MethodNotAllowed', `This path takes ${[...known].join(', ')}.`);
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      done(new ApiError('MalformedJson', 'The body is no JSON.'));
    }
  });
}

/** For what node:http refuses before Fastify sees it: a request that is no HTTP, or that takes too long to arrive. */
export function clientError(requestId: string, errorCode: string): string {
  const name: ErrorName = errorCode === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'RequestTooSlow' : errorCode === 'HPE_HEADER_OVERFLOW' ? 'RequestTooLarge' : 'InvalidRequest';
  const { code, status } = errorCatalogue[name];
  const body = JSON.stringify(errorBody(requestId, code, 'The request did not arrive as HTTP, in time and in bounds.'));
  return `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json; charset=utf-8\r\nX-Request-Id: ${requestId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}
