import { authenticate } from '@/lib/auth/authenticate';
import { demandOwnOrigin } from '@/lib/auth/origin';
import type { Caller, RequestInfo } from '@/lib/auth/caller';
import { demand, needsTarget } from '@/lib/auth/permissions';
import { recordRefusal } from '@/lib/audit/refusals';
import { isDatabaseAway, isDatabaseFull } from '@/lib/db';
import { ApiError } from '@/lib/errors';
import { answerError, answerJson, answerLines, toResponse, wantsFields, type Answer } from '@/lib/http/answer';
import { readBody } from '@/lib/http/body';
import type { HttpRequest } from '@/lib/http/http-request';
import { parseJson } from '@/lib/http/json';
import { Lines } from '@/lib/http/lines';
import { methods, Reply, type AnyOperation, type Method } from '@/lib/http/operation';
import { requestInfo } from '@/lib/http/request-info';
import { receiveUpload } from '@/lib/http/upload';
import { log } from '@/lib/log';
import { faultMessage, fieldFaults } from '@/lib/schemas/faults';

type Operations = Partial<Record<Method, AnyOperation>>;
type RouteContext = { params: Promise<Record<string, string | string[]> | undefined> };

type PlainHandler = (request: HttpRequest, context: RouteContext) => Promise<Answer>;

/** A Request → Response function, as Next calls it; `plain` is what the direct mount calls. Carries its operation for the API document. */
export type RouteHandler = ((request: HttpRequest, context: RouteContext) => Promise<Response>) & { plain: PlainHandler; operation?: AnyOperation };

function handlerOf(plain: PlainHandler): RouteHandler {
  return Object.assign(async (request: HttpRequest, context: RouteContext) => toResponse(await plain(request, context)), { plain });
}

/**
 * The handlers of one route file, for every method: those without an operation answer 405 in the contract's form. Each runs
 * who → own origin → parse → service → answer, and turns every failure into the contract's error.
 */
export function endpoints(pattern: string, operations: Operations): Record<Method, RouteHandler> {
  const table = { ...operations };
  if (table.GET && !table.HEAD) table.HEAD = table.GET;
  const allowed = methods.filter((method) => table[method]);
  return Object.fromEntries(methods.map((method) => {
    const row = table[method];
    const handler = handlerOf((request, context) =>
      answer(pattern, method, request, (info, who) => {
        if (!row) throw new ApiError('MethodNotAllowed', `This path does not have ${request.method}. It has ${allowed.join(', ')}.`);
        return serve(row, request, context, info, who);
      }, allowed));
    if (row && operations[method]) handler.operation = row;
    return [method, handler];
  })) as Record<Method, RouteHandler>;
}

/** What every unknown path below a base path answers. */
export function unknownPath(pattern: string): Record<Method, RouteHandler> {
  const handler = handlerOf((request) =>
    answer(pattern, request.method, request, () => {
      throw new ApiError('PathNotFound', 'There is nothing at this path. GET /v1/openapi.json lists the paths there are.');
    }, []));
  return Object.fromEntries(methods.map((method) => [method, handler])) as Record<Method, RouteHandler>;
}

async function answer(
  pattern: string,
  method: string,
  request: HttpRequest,
  work: (info: RequestInfo, who: { caller?: Caller }) => Promise<Answer>,
  allowed: readonly string[],
): Promise<Answer> {
  const info = requestInfo(request);
  const who: { caller?: Caller } = {};
  try {
    return await work(info, who);
  } catch (error) {
    let failure = translate(error, info, pattern);
    if (failure.status === 403 || failure.hides || (failure.status === 401 && request.headers.has('authorization'))) {
      try {
        await recordRefusal(info, who.caller, { pattern, method, code: failure.code });
      } catch (auditError) {
        failure = translate(auditError, info, pattern);
      }
    }
    return answerError(failure, info, { allowed, withFields: wantsFields(request), bodiless: method === 'HEAD' });
  }
}

function translate(error: unknown, info: RequestInfo, pattern: string): ApiError {
  if (error instanceof ApiError) {
    if (error.status >= 500) log.error({ requestId: info.requestId, pattern, code: error.code, reason: error.message }, 'a request failed');
    return error;
  }
  if (isDatabaseFull(error)) {
    log.error({ requestId: info.requestId, pattern }, 'the disk of the database is full');
    return new ApiError('Unavailable', 'The disk of the database is full, so nothing was stored. Make room on it, then try again.', { retryAfterSeconds: 30 });
  }
  if (isDatabaseAway(error)) {
    log.error({ requestId: info.requestId, pattern }, 'the database is away');
    return new ApiError('Unavailable', 'The database does not answer. Try again in a few seconds; if you sent a change, look first whether it was made.', { retryAfterSeconds: 2 });
  }
  log.error({ requestId: info.requestId, pattern, fault: describe(error) }, 'a request failed unexpectedly');
  return new ApiError('InternalServerError', 'Something failed on our side. The log of the server has the cause under this id.');
}

/** Class, code and place of a fault. Not its message: a library's message may quote what it was given. */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, code: 'code' in error ? error.code : undefined, at: frames.slice(0, 6).map((line) => line.trim()) };
}

async function serve(row: AnyOperation, request: HttpRequest, context: RouteContext, info: RequestInfo, who: { caller?: Caller }): Promise<Answer> {
  if (row.access !== 'anyone') {
    const caller = await authenticate(request, info);
    who.caller = caller;
    if (caller.via === 'session' && request.method !== 'GET' && request.method !== 'HEAD') demandOwnOrigin(request);
  }
  // Next gives routes without a parameter none at all.
  const params = flatten((await context.params) ?? {});
  const { query, body } = await read(row, request, who).catch(async (fault: unknown) => {
    if (who.caller) await demandAccess(row, who.caller, params);
    throw fault;
  });
  const receiveFile = () => {
    if (!row.upload) throw new Error('an operation that takes no file asked for one');
    return receiveUpload(request, row.upload);
  };
  const result = await row.run({ params, query, body, receive: receiveFile, request, info }, who.caller);
  if (result instanceof Lines) return answerLines(row.status, result, info);
  if (result instanceof Reply) return answerJson(result.status, result.body, info, result.headers);
  return answerJson(row.status, row.status === 204 ? undefined : result, info);
}

async function read(row: AnyOperation, request: HttpRequest, who: { caller?: Caller }): Promise<{ query: unknown; body: unknown }> {
  const query = row.query ? check(row, row.query.safeParse(Object.fromEntries(new URL(request.url).searchParams)), undefined, 'query') : undefined;
  const sent = row.upload || request.method === 'GET' || request.method === 'HEAD' ? undefined : await receive(request, who);
  return { query, body: row.body ? check(row, row.body.safeParse(sent), sent, 'body') : undefined };
}

/** Throws for a caller who may not do this at all. */
async function demandAccess(row: AnyOperation, caller: Caller, params: Record<string, string>): Promise<void> {
  if (row.access === 'anyone') return;
  if (!needsTarget(row.access)) demand(caller, row.access);
  await row.demand?.(caller, params);
}

/** The body as JSON, undefined when there is none; read and held to be JSON even where nothing of it is used. */
async function receive(request: HttpRequest, who: { caller?: Caller }): Promise<unknown> {
  const bytes = await readBody(request);
  if (bytes.byteLength === 0) return undefined;
  if (who.caller?.via !== 'key') demandJson(request);
  return parseJson(bytes);
}

type Checked = { success: true; data: unknown } | { success: false; error: { issues: Parameters<typeof fieldFaults>[0] } };

function check(row: AnyOperation, parsed: Checked, sent: unknown, part: 'query' | 'body'): unknown {
  if (parsed.success) return parsed.data;
  const faults = fieldFaults(parsed.error.issues);
  const name = part === 'body' && row.malformed ? row.malformed(parsed.error.issues, sent) : 'InputValidationError';
  throw new ApiError(name, faultMessage(faults), { fields: faults });
}

function demandJson(request: HttpRequest): void {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) throw new ApiError('InvalidRequest', 'With a browser session the body must be JSON: send Content-Type: application/json.');
}

function flatten(params: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, storable(Array.isArray(value) ? value.join('/') : value)]));
}

/** NUL, which PostgreSQL takes in no text, becomes what stands for no character: such a name is the name of nothing. */
function storable(part: string): string {
  return part.replaceAll('\u0000', '\ufffd');
}
