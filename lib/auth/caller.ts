import type { AuditActor } from '@/lib/audit/events';
import type { MemberRole } from '@/lib/schemas/organization';

/** What is known of every request, whoever sent it. */
export interface RequestInfo {
  requestId: string;
  address: string;
}

/** Who asks: a user, by a session or by a key of theirs, with the roles they have now. */
export interface Caller extends RequestInfo {
  userId: string;
  username: string;
  isAdmin: boolean;
  isClusterViewer: boolean;
  /** Organization id to the user's role in it. */
  memberships: ReadonlyMap<string, MemberRole>;
  via: 'session' | 'key';
}

export function actorOf(caller: Caller): AuditActor {
  return { kind: 'user', id: caller.userId, name: caller.username, requestId: caller.requestId, address: caller.address };
}
