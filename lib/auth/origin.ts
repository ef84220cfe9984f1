import { env } from '@/lib/env';
import { ApiError } from '@/lib/errors';

/**
 * Refuses a change made with a session cookie from a page that is not ours: another origin, another port, an opaque one
 * (`null`), or what the browser calls cross-site or same-site. Absent headers come from programs, not from pages.
 */
export function demandOwnOrigin(request: { headers: { get(name: string): string | null } }): void {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const ours = new URL(env().url).origin;
  if ((origin !== null && origin !== ours) || site === 'cross-site' || site === 'same-site') {
    throw new ApiError('NotAuthorized', `A change with a browser session must come from a page of ${ours}. Open that address, or use an API key.`);
  }
}
