import { isDeepStrictEqual } from 'node:util';
import type { Answer } from '@/e2e/support/http';
import type { RouteHandler } from '@/lib/http/endpoint';
import { routes } from '@/lib/generated/routes';
import { isApiPath } from '@/server/web/host';
import { matchRoute } from '@/server/web/router';
import type { RouteModule } from '@/lib/http/route-entry';

/**
 * What the contract says of every answer, held against every answer that a test gets: throws when it is not so.
 * A 2xx fits its declared schema with nothing beside it; everything else has the error body.
 */
export function checkContract(method: string, path: string, answer: Answer): void {
  const pathname = path.split('?')[0] ?? '';
  if (!isApiPath(pathname)) return;
  const fail = (what: string) => {
    throw new Error(`${method} ${path}: ${what}\n${answer.status} ${answer.reason} ${JSON.stringify(answer.headers)}\n${answer.text}`);
  };
  if (!/^[0-9a-f-]{36}$/.test(String(answer.headers['x-request-id']))) fail('the answer has no X-Request-Id');
  if (answer.headers['cache-control'] !== 'no-store') fail('the answer may be cached');
  if (answer.status === 204 && (answer.reason !== 'No Content' || answer.text !== '')) fail('a 204 has a body or another reason phrase');
  if (method === 'HEAD' || answer.text === '') {
    if (method !== 'HEAD' && answer.status > 299) fail('a refusal has no body');
    return;
  }
  const declares = matchRoute(routes, pathname)?.route.module[method as keyof RouteModule] as RouteHandler | undefined;
  if (declares?.operation?.inLines && answer.status < 300) {
    if (answer.headers['content-type'] !== 'application/x-ndjson; charset=utf-8') fail('the answer is not in lines');
    for (const line of answer.text.trimEnd().split('\n')) declares.operation.answer?.parse(JSON.parse(line));
    return;
  }
  if (!/^application\/json(; charset=utf-8)?$/.test(answer.headers['content-type'] ?? '')) fail('the answer is no JSON');
  const body = answer.json<{ error?: { id?: unknown; code?: unknown; message?: unknown } }>();
  if (answer.status > 299) {
    const { id, code, message } = body.error ?? {};
    if (id !== answer.headers['x-request-id'] || typeof code !== 'number' || typeof message !== 'string' || message === '') fail('the refusal is not in the contract’s form');
    return;
  }
  if ('error' in body) fail('a success has a top-level error');
  const declared = declares?.operation;
  if (!declared) return fail('no route declares this success');
  if (declared.answer && !isDeepStrictEqual(declared.answer.parse(body), body)) fail('the answer has more than its schema');
}
