import type { Caller } from '@/lib/auth/caller';
import { findPrincipalByKey, findPrincipalByUser, type PrincipalRow } from '@/lib/auth/store';

export interface Principal extends Pick<Caller, 'userId' | 'username' | 'isAdmin' | 'isClusterViewer' | 'memberships'> {
  /** Sessions that began before this moment (milliseconds since the epoch) are over. */
  sessionsSince: number;
}

/**
 * How long what was read of a user is taken for true where another server may have changed it. Half the second in which a
 * revocation has to be felt everywhere.
 */
const freshMs = 500;
const maxKept = 10_000;

function principalOf(row: PrincipalRow | undefined): Principal | undefined {
  if (!row) return undefined;
  return {
    userId: row.id,
    username: row.name,
    isAdmin: row.is_admin,
    isClusterViewer: row.is_cluster_viewer,
    memberships: new Map(Object.entries(row.memberships ?? {})),
    sessionsSince: row.sessions_since.getTime(),
  };
}

class PrincipalCache {
  readonly #kept = new Map<string, { until: number; principal: Promise<Principal | undefined> }>();

  #get(name: string, load: () => Promise<PrincipalRow | undefined>): Promise<Principal | undefined> {
    const now = performance.now();
    const kept = this.#kept.get(name);
    if (kept && kept.until > now) return kept.principal;
    if (this.#kept.size >= maxKept) this.#kept.clear();
    const principal = load().then(principalOf);
    // A failed look-up is no answer: the next request asks again.
    principal.catch(() => this.#kept.delete(name));
    this.#kept.set(name, { until: now + freshMs, principal });
    return principal;
  }

  byKey(lookup: Buffer): Promise<Principal | undefined> {
    return this.#get(`key ${lookup.toString('base64')}`, () => findPrincipalByKey(lookup));
  }

  byUser(userId: string): Promise<Principal | undefined> {
    return this.#get(`user ${userId}`, () => findPrincipalByUser(userId));
  }

  /** After a change of roles, members, keys or sessions was committed: it counts from the next request on. */
  forget(): void {
    this.#kept.clear();
  }
}

// Pages and API are bundled apart and share a process.
const shared = globalThis as typeof globalThis & { secretStorePrincipals?: PrincipalCache };

export const principals = (shared.secretStorePrincipals ??= new PrincipalCache());
