import type { Answer } from '@/lib/http/answer';
import type { HttpRequest } from '@/lib/http/http-request';

/** One part of a route's path, as Next reads folder names. */
export type RouteSegment =
  | { kind: 'static'; value: string }
  | { kind: 'param'; name: string }
  | { kind: 'rest' | 'optionalRest'; name: string }

export type RouteParams = Record<string, string | string[]>

type RouteContext = { params: Promise<RouteParams> }

/** Request → Response, as Next calls it; `plain` is the same without a `Response`, for the direct mount. */
export interface RouteFunction {
  (request: HttpRequest, context: RouteContext): Response | Promise<Response>
  plain(request: HttpRequest, context: RouteContext): Promise<Answer>
}

/** What a route.ts file exports. */
export type RouteModule = { [Method in 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS']?: RouteFunction }

/** A row of the generated table `lib/generated/routes.ts`: the first one that fits a path is the one that Next would take. */
export interface RouteEntry {
  /** as Next writes it, such as `/v1/users/[username]` */
  path: string
  segments: readonly RouteSegment[]
  module: RouteModule
}
