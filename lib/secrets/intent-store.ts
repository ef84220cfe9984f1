import { auditColumns, auditPlaceholders, auditValues } from '@/lib/audit/store';
import type { AuditEntry } from '@/lib/audit/events';
import { pool } from '@/lib/db';

export type IntentKind = 'create' | 'update' | 'delete';

/** What a plugin is about to be asked to do, or was asked to do when its server ended. */
export interface Intent {
  id: string;
  kind: IntentKind;
  provider_id: string;
  provider_name: string;
  algorithm_id: string;
  secret_id: string;
  provider_key: string | null;
  attempts: number;
}

export interface NewIntent {
  id: string;
  kind: IntentKind;
  providerId: string;
  algorithmId: string;
  secretId: string;
  providerKey: string | null;
}

/** Written before a plugin is asked. Nobody else settles it while the call may be under way. */
export async function insertIntent(intent: NewIntent, longestCallMs: number): Promise<void> {
  await pool().query({
    name: 'insert-secret-intent',
    text: `INSERT INTO secret_intents (id, kind, provider_id, algorithm_id, secret_id, provider_key, due)
           VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))`,
    values: [intent.id, intent.kind, intent.providerId, intent.algorithmId, intent.secretId, intent.providerKey, longestCallMs / 1_000],
  });
}

/** What the backend named the new entry. */
export async function setIntentKey(id: string, providerKey: string): Promise<void> {
  await pool().query({ name: 'set-intent-key', text: 'UPDATE secret_intents SET provider_key = $2 WHERE id = $1', values: [id, providerKey] });
}

/** Nothing is left to settle. With the event that tells how it ended, where there is one to tell. */
export async function closeIntent(id: string, audit: AuditEntry | undefined): Promise<void> {
  if (!audit) {
    await pool().query({ name: 'close-intent', text: 'DELETE FROM secret_intents WHERE id = $1', values: [id] });
    return;
  }
  await pool().query({
    name: 'close-intent-with-event',
    text: `WITH gone AS (DELETE FROM secret_intents WHERE id = $1 RETURNING id)
           INSERT INTO audit_events (${auditColumns}) SELECT ${auditPlaceholders(2)} FROM gone`,
    values: [id, ...auditValues(audit)],
  });
}

/** To be settled in so many seconds; at once for 0. */
export async function putOff(id: string, seconds: number): Promise<void> {
  await pool().query({ name: 'put-intent-off', text: 'UPDATE secret_intents SET due = now() + make_interval(secs => $2) WHERE id = $1', values: [id, seconds] });
}

/**
 * Takes intents whose time has come, for so many seconds: of several servers each one gets others, and what one that died
 * had taken comes again.
 */
export async function takeDue(limit: number, seconds: number): Promise<Intent[]> {
  const { rows } = await pool().query<Intent>({
    name: 'take-due-intents',
    text: `WITH taken AS (
             UPDATE secret_intents SET due = now() + make_interval(secs => $2), attempts = attempts + 1
             WHERE id IN (SELECT id FROM secret_intents WHERE due <= now() ORDER BY due LIMIT $1 FOR UPDATE SKIP LOCKED)
             RETURNING id, kind, provider_id, algorithm_id, secret_id, provider_key, attempts)
           SELECT taken.*, p.name AS provider_name FROM taken JOIN providers p ON p.id = taken.provider_id`,
    values: [limit, seconds],
  });
  return rows;
}
