import { insertEvent } from '@/lib/audit/store';
import { actorOf, type Caller, type RequestInfo } from '@/lib/auth/caller';

/**
 * Records that a request was refused, before it is answered. The route's pattern is kept, not the path as sent: what was
 * put into a path by mistake may be a secret.
 */
export async function recordRefusal(info: RequestInfo, caller: Caller | undefined, refused: { pattern: string; method: string; code: number }): Promise<void> {
  const actor = caller ? actorOf(caller) : { kind: 'anonymous' as const, requestId: info.requestId, address: info.address };
  await insertEvent({ action: 'request.refuse', outcome: 'refused', actor, object: { name: `${refused.method} ${refused.pattern}` }, details: { code: refused.code } });
}
