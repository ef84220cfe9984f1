import type { RequestInfo } from '@/lib/auth/caller';
import type { ApiError, ErrorBody } from '@/lib/errors';
import type { HttpRequest } from '@/lib/http/http-request';
import { streamOf, type Lines } from '@/lib/http/lines';

/** What every answer of the API carries: nothing is cached, sniffed, framed or run. */
const safeHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Our forms ask to be told which field a refusal is about. */
export function wantsFields(request: HttpRequest): boolean {
  return request.headers.get('x-secret-store-form') === '1';
}

/** An answer before it becomes a web `Response` or is written to node:http: there, making a `Response` of it first would cost more than writing it. */
export interface Answer {
  status: number;
  /** The reason phrase, where it is not the usual one. */
  statusText?: string;
  headers: Record<string, string>;
  body: string | null;
  /** Sent in place of a body, as they come. */
  lines?: Lines<unknown>;
}

export function toResponse({ status, statusText = '', headers, body, lines }: Answer): Response {
  return new Response(lines ? streamOf(lines) : body, { status, statusText, headers });
}

export function answerJson(status: number, body: unknown, info: RequestInfo, headers: Record<string, string> = {}): Answer {
  const all: Record<string, string> = { ...safeHeaders, 'x-request-id': info.requestId, ...headers };
  if (body === undefined) return { status, ...(status === 204 && { statusText: 'No Content' }), headers: all, body: null };
  all['content-type'] = 'application/json; charset=utf-8';
  return { status, headers: all, body: JSON.stringify(body) };
}

export function answerLines(status: number, lines: Lines<unknown>, info: RequestInfo): Answer {
  // Proxies that gather what they pass on would keep it until its end.
  const headers = { ...safeHeaders, 'x-request-id': info.requestId, 'content-type': 'application/x-ndjson; charset=utf-8', 'x-accel-buffering': 'no' };
  return { status, headers, body: null, lines };
}

export function answerError(
  error: ApiError,
  info: RequestInfo,
  options: { allowed?: readonly string[]; withFields?: boolean; bodiless?: boolean } = {},
): Answer {
  const headers: Record<string, string> = {};
  if (error.status === 405 && options.allowed?.length) headers.allow = options.allowed.join(', ');
  if (error.status === 401) headers['www-authenticate'] = 'Simple realm="Secret Store"';
  // What was left unread of a refused body must not be taken for the next request.
  if (error.status === 413 || error.status === 408) headers.connection = 'close';
  const retry = error.retryAfterSeconds ?? (error.status === 503 ? 2 : undefined);
  if (retry !== undefined) headers['retry-after'] = String(retry);
  const body: ErrorBody = { error: { id: info.requestId, code: error.code, message: error.message } };
  if (options.withFields && error.fields) body.error.fields = error.fields;
  return answerJson(error.status, options.bodiless ? undefined : body, info, headers);
}
