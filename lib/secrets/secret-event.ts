import type { AuditAction, AuditActor, AuditEntry } from '@/lib/audit/events';

export interface SecretOfEvent {
  id: string;
  secret_key: string;
  version: number;
  owner: string;
  algorithm: string;
}

/** The audit event of what was done to a secret. */
export function secretEvent(action: AuditAction, actor: AuditActor, secret: SecretOfEvent, details: Record<string, string | number | boolean> = {}): AuditEntry {
  return {
    action,
    actor,
    object: { id: secret.id, name: secret.secret_key },
    details: { algorithm: `${secret.owner}/${secret.algorithm}`, version: secret.version, ...details },
  };
}
