import type { RouteSegment } from '@/lib/http/route-entry';

export interface FoundRoute {
  path: string;
  module: string;
  segments: RouteSegment[];
}

export function segmentOf(name: string): RouteSegment;
export function routesOf(files: string[]): FoundRoute[];
export function routeTable(routes: FoundRoute[]): string;
