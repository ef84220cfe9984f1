import type { RouteEntry, RouteParams } from '@/lib/http/route-entry';

export interface Match {
  route: RouteEntry;
  params: RouteParams;
}

/**
 * The first route of the table that fits a path, as Next would choose, with its parameters decoded; a trailing slash makes
 * no difference. None fits a path whose encoding is broken.
 */
export function matchRoute(routes: readonly RouteEntry[], pathname: string): Match | undefined {
  const parts = pathname.split('/').slice(1);
  if (pathname.includes('%') && !parts.every(isEncoded)) return undefined;
  if (parts.length > 1 && parts.at(-1) === '') parts.pop();
  for (const route of routes) {
    const params = fit(route, parts);
    if (params) return { route, params };
  }
  return undefined;
}

function isEncoded(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

function fit(route: RouteEntry, parts: string[]): RouteParams | undefined {
  const params: RouteParams = {};
  for (const [index, segment] of route.segments.entries()) {
    if (segment.kind === 'rest' || segment.kind === 'optionalRest') {
      const rest = parts.slice(index);
      if (segment.kind === 'rest' && rest.length === 0) return undefined;
      params[segment.name] = rest.map(decodeURIComponent);
      return params;
    }
    const part = parts[index];
    if (part === undefined || part === '') return undefined;
    if (segment.kind === 'static') {
      if (segment.value !== part) return undefined;
    } else params[segment.name] = decodeURIComponent(part);
  }
  return route.segments.length === parts.length ? params : undefined;
}
