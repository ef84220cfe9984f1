import { auditColumns, auditPlaceholders, auditValues } from '@/lib/audit/store';
import type { AuditEntry } from '@/lib/audit/events';
import { pool } from '@/lib/db';
import { columns, shard, type Expected, type SecretRow } from '@/lib/secrets/store';

// Secrets whose values are entries in a plugin's backend. Each change is one statement, with its audit event and the end of
// the intent that was recorded before the plugin was asked.

/** The entry of a secret's current version. */
export interface StoredEntry {
  provider_key: string | null;
  provider_version: string | null;
  reference: Buffer | null;
  linked: boolean;
}

export async function findEntry(secretId: string): Promise<StoredEntry | undefined> {
  const { rows } = await pool().query<StoredEntry>({
    name: 'entry-of-secret',
    text: 'SELECT v.provider_key, v.provider_version, v.reference, s.linked FROM secrets s JOIN secret_versions v ON v.id = s.current_version_id WHERE s.id = $1',
    values: [secretId],
  });
  return rows[0];
}

/** Whether an algorithm has a living secret of this name: asked before a plugin is, so that nothing is stored for nothing. */
export async function isKeyTaken(algorithmId: string, secretKey: string): Promise<boolean> {
  const { rowCount } = await pool().query({ name: 'is-secret-key-taken', text: 'SELECT 1 FROM secrets WHERE algorithm_id = $1 AND live_key = $2', values: [algorithmId, secretKey] });
  return rowCount === 1;
}

export interface EntryVersion {
  versionId: string;
  createdBy: string | null;
  providerKey: string;
  providerVersion: string | null;
  reference: Buffer;
}

export interface NewEntrySecret extends EntryVersion {
  id: string;
  algorithmId: string;
  secretKey: string;
  shortName: string;
  description: string;
  providerId: string;
  revision: bigint;
  linked: boolean;
}

/**
 * The secret, its first version, the provider's count, the event, and the end of its intent; an entry that was linked has
 * none. Undefined when the intent was settled meanwhile, so that the entry is gone.
 */
export async function insertWithEntry(intentId: string | null, secret: NewEntrySecret, audit: AuditEntry): Promise<SecretRow | undefined> {
  const { rows } = await pool().query<SecretRow>({
    name: 'insert-secret-with-entry',
    text: `WITH intent AS (DELETE FROM secret_intents WHERE id = $1 AND attempts = 0 RETURNING id),
           go AS (SELECT 1 FROM intent UNION ALL SELECT 1 WHERE $1::uuid IS NULL),
           event AS (INSERT INTO audit_events (${auditColumns}) SELECT ${auditPlaceholders(16)} FROM go),
           counted AS (INSERT INTO provider_usage (provider_id, shard, secrets) SELECT $7::uuid, $15::int, 1 FROM go
                       ON CONFLICT (provider_id, shard) DO UPDATE SET secrets = provider_usage.secrets + 1),
           versioned AS (INSERT INTO secret_versions (id, secret_id, version, created_by, provider_key, provider_version, reference)
                         SELECT $8::uuid, $2::uuid, 1, $10::uuid, $11, $12, $13::bytea FROM go)
           INSERT INTO secrets (id, algorithm_id, secret_key, live_key, short_name, description, provider_id, current_version_id, revision, linked)
           SELECT $2::uuid, $3::uuid, $4, $4, $5, $6, $7::uuid, $8::uuid, $9::bigint, $14::boolean FROM go RETURNING ${columns}`,
    values: [
      intentId, secret.id, secret.algorithmId, secret.secretKey, secret.shortName, secret.description, secret.providerId, secret.versionId, secret.revision.toString(),
      secret.createdBy, secret.providerKey, secret.providerVersion, secret.reference, secret.linked, shard(), ...auditValues(audit),
    ],
  });
  return rows[0];
}

export interface EntryEdit extends EntryVersion {
  shortName: string;
  description: string;
  version: number;
  revision: bigint;
}

/** A new version whose value the backend has, and the end of its intent; undefined when the secret has moved on. */
export async function updateEntry(intentId: string, expected: Expected, edit: EntryEdit, audit: AuditEntry): Promise<SecretRow | undefined> {
  const { rows } = await pool().query<SecretRow>({
    name: 'update-secret-entry',
    text: `WITH changed AS (
             UPDATE secrets SET short_name = $4, description = $5, version = $6, current_version_id = $7, revision = $8, modified = now()
             WHERE id = $2 AND revision = $3 AND live_key IS NOT NULL RETURNING ${columns}),
           versioned AS (INSERT INTO secret_versions (id, secret_id, version, created_by, provider_key, provider_version, reference)
                         SELECT $7, id, $6, $9::uuid, $10, $11, $12::bytea FROM changed),
           event AS (INSERT INTO audit_events (${auditColumns}) SELECT ${auditPlaceholders(13)} FROM changed),
           intent AS (DELETE FROM secret_intents WHERE id = $1 AND EXISTS (SELECT 1 FROM changed))
           SELECT ${columns} FROM changed`,
    values: [
      intentId, expected.id, expected.revision, edit.shortName, edit.description, edit.version, edit.versionId, edit.revision.toString(),
      edit.createdBy, edit.providerKey, edit.providerVersion, edit.reference, ...auditValues(audit),
    ],
  });
  return rows[0];
}

/**
 * The secret is gone with its versions, at once: what its backend has deleted cannot be taken back. False when it has moved
 * on. The end of its intent, where it has one.
 */
export async function deleteWithEntry(intentId: string | null, expected: Expected, audit: AuditEntry): Promise<boolean> {
  const { rowCount } = await pool().query({
    name: 'delete-secret-with-entry',
    text: `WITH gone AS (DELETE FROM secrets WHERE id = $2 AND revision = $3 AND live_key IS NOT NULL RETURNING id, provider_id),
           counted AS (INSERT INTO provider_usage (provider_id, shard, secrets) SELECT provider_id, $4, -1 FROM gone
                       ON CONFLICT (provider_id, shard) DO UPDATE SET secrets = provider_usage.secrets - 1),
           event AS (INSERT INTO audit_events (${auditColumns}) SELECT ${auditPlaceholders(5)} FROM gone),
           intent AS (DELETE FROM secret_intents WHERE id = $1 AND EXISTS (SELECT 1 FROM gone))
           SELECT id FROM gone`,
    values: [intentId, expected.id, expected.revision, shard(), ...auditValues(audit)],
  });
  return rowCount === 1;
}
