import type { HttpRequest } from '@/lib/http/http-request';

/** One part of a route's path, as Next reads folder names. */
export type RouteSegment =
  | { kind: 'static'; value: string }
  | { kind: 'param'; name: string }
  | { kind: 'rest' | 'optionalRest'; name: string }

export type RouteParams = Record<string, string | string[]>

/** What a route.ts file exports: plain Request → Response functions, as Next calls them. */
export interface RouteModule {
  GET?(request: HttpRequest, context: { params: Promise<RouteParams> }): Response | Promise<Response>
  HEAD?(request: HttpRequest, context: { params: Promise<RouteParams> }): Response | Promise<Response>
  POST?(request: HttpRequest, context: { params: Promise<RouteParams> }): Response | Promise<Response>
  PUT?(request: HttpRequest, context: { params: Promise<RouteParams> }): Response | Promise<Response>
  PATCH?(request: HttpRequest, context: { params: Promise<RouteParams> }): Response | Promise<Response>
  DELETE?(request: HttpRequest, context: { params: Promise<RouteParams> }): Response | Promise<Response>
  OPTIONS?(request: HttpRequest, context: { params: Promise<RouteParams> }): Response | Promise<Response>
}

/** A row of the generated table `lib/generated/routes.ts`: the first one that fits a path is the one that Next would take. */
export interface RouteEntry {
  /** as Next writes it, such as `/v1/users/[username]` */
  path: string
  segments: readonly RouteSegment[]
  module: RouteModule
}
