import { pool, type Transaction } from '@/lib/db';
import { auditActions, type AuditEntry } from '@/lib/audit/events';

/** The columns of one event, in the order of `auditColumns`, for stores that write it inside a statement of their own. */
export function auditValues(entry: AuditEntry): [string, string, string, string | null, string, string, string | null, string, string | null, string, string] {
  return [
    entry.action,
    entry.outcome ?? 'done',
    entry.actor.kind,
    entry.actor.id ?? null,
    entry.actor.name ?? '',
    auditActions[entry.action].object,
    entry.object?.id ?? null,
    entry.object?.name ?? '',
    entry.actor.requestId ?? null,
    entry.actor.address ?? '',
    JSON.stringify(entry.details ?? {}),
  ];
}

export const auditColumns = 'action, outcome, actor_kind, actor_id, actor_name, object_kind, object_id, object_name, request_id, address, details';

export const auditColumnTypes = ['text', 'text', 'text', 'uuid', 'text', 'text', 'uuid', 'text', 'uuid', 'text', 'jsonb'] as const;

/** Casts for the values of `auditValues`, the first of them being parameter number `first`. */
export function auditPlaceholders(first: number): string {
  return auditColumnTypes.map((type, index) => `$${first + index}::${type}`).join(', ');
}

/** Records an event inside the transaction of the change that it tells of: both commit, or neither. */
export async function recordEvent(tx: Transaction, entry: AuditEntry): Promise<void> {
  await tx.auditEvent.create({
    data: {
      action: entry.action,
      outcome: entry.outcome ?? 'done',
      actorKind: entry.actor.kind,
      actorId: entry.actor.id ?? null,
      actorName: entry.actor.name ?? '',
      objectKind: auditActions[entry.action].object,
      objectId: entry.object?.id ?? null,
      objectName: entry.object?.name ?? '',
      requestId: entry.actor.requestId ?? null,
      address: entry.actor.address ?? '',
      details: entry.details ?? {},
    },
  });
}

/** Records an event that stands alone, such as a refusal: nothing else is written with it. */
export async function insertEvent(entry: AuditEntry): Promise<void> {
  await pool().query({
    name: 'insert-audit-event',
    text: `INSERT INTO audit_events (${auditColumns}) VALUES (${auditPlaceholders(1)})`,
    values: auditValues(entry),
  });
}
