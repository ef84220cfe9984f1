import { ApiError } from '@/lib/errors';
import type { Caller } from '@/lib/auth/caller';

/** How a caller stands to the object of a request. */
export type Role = 'admin' | 'viewer' | 'self' | 'orgOwner' | 'orgMember' | 'orgExecutor' | 'user';

/** Who may do what (contract, section 1): the one table that pages, routes and tests read. */
export const permissions = {
  'provider.see': ['admin', 'viewer'],
  'provider.change': ['admin'],
  'provider.use': ['user'],
  'algorithm.see': ['admin', 'viewer', 'self', 'orgOwner', 'orgMember', 'orgExecutor'],
  'algorithm.create': ['admin', 'self', 'orgOwner', 'orgMember'],
  'algorithm.list': ['user'],
  'algorithm.delete': ['admin', 'self', 'orgOwner', 'orgMember'],
  'secret.see': ['admin', 'viewer', 'self', 'orgOwner', 'orgMember', 'orgExecutor'],
  'secret.change': ['admin', 'self', 'orgOwner', 'orgMember'],
  'user.list': ['admin', 'viewer'],
  'user.create': ['admin'],
  'user.see': ['admin', 'viewer', 'self'],
  'user.delete': ['admin'],
  'api-key.see': ['admin', 'viewer', 'self'],
  'api-key.change': ['admin', 'self'],
  'organization.list': ['user'],
  'organization.create': ['admin'],
  'organization.see': ['admin', 'viewer', 'orgOwner', 'orgMember', 'orgExecutor'],
  'organization.change': ['admin', 'orgOwner'],
  'organization.delete': ['admin'],
  'role.change': ['admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/** What a request is about: the account that owns it, or the user it is. */
export interface Target {
  /** The user or organization that owns the object, or that it is. */
  accountId?: string;
}

const memberRoles = { owner: 'orgOwner', member: 'orgMember', executor: 'orgExecutor' } as const;

/** The caller's roles towards a target. */
export function rolesToward(caller: Caller, target: Target = {}): Set<Role> {
  const roles = new Set<Role>(['user']);
  if (caller.isAdmin) roles.add('admin');
  if (caller.isClusterViewer) roles.add('viewer');
  if (target.accountId === undefined) return roles;
  if (target.accountId === caller.userId) roles.add('self');
  const membership = caller.memberships.get(target.accountId);
  if (membership) roles.add(memberRoles[membership]);
  return roles;
}

/** Whether the answer to "may they" depends on what the request is about, not only on who asks. */
export function needsTarget(permission: Permission): boolean {
  const anywhere: readonly Role[] = ['admin', 'viewer', 'user'];
  return permissions[permission].some((role) => !anywhere.includes(role));
}

export function may(caller: Caller, permission: Permission, target?: Target): boolean {
  const roles = rolesToward(caller, target);
  return permissions[permission].some((role) => roles.has(role));
}

/** Throws NotAuthorized unless the caller may. For things whose existence is no secret. */
export function demand(caller: Caller, permission: Permission, target?: Target): void {
  if (may(caller, permission, target)) return;
  throw new ApiError('NotAuthorized', 'You may not do this. Ask an admin of this cluster.');
}

/**
 * Throws unless the caller may: NotAuthorized when they may see the target, else `hidden`, which must be the very error of
 * a target that does not exist (what may not be known to exist is answered with 404).
 */
export function demandVisible(caller: Caller, see: Permission, permission: Permission, target: Target, hidden: () => ApiError): void {
  if (!may(caller, see, target)) {
    const error = hidden();
    throw new ApiError(error.errorName, error.message, { hides: true });
  }
  demand(caller, permission, target);
}
