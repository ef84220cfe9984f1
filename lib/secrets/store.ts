import { pool } from '@/lib/db';
import { auditColumns, auditPlaceholders, auditValues } from '@/lib/audit/store';
import type { AuditEntry } from '@/lib/audit/events';

/** What may be shown of a secret. There is no column here that holds a value. */
export interface SecretRow {
  id: string;
  algorithm_id: string;
  secret_key: string;
  short_name: string;
  description: string;
  provider_id: string;
  version: number;
  current_version_id: string;
  revision: string;
  created: Date;
  modified: Date;
}

export interface AlgorithmOfSecret {
  id: string;
  owner_id: string;
  owner: string;
  name: string;
}

export const columns = 'id, algorithm_id, secret_key, short_name, description, provider_id, version, current_version_id, revision, created, modified';

export async function findAlgorithmOfSecrets(algorithmId: string): Promise<AlgorithmOfSecret | undefined> {
  const { rows } = await pool().query<AlgorithmOfSecret>({
    name: 'algorithm-of-secrets',
    text: 'SELECT g.id, g.owner_id, a.name AS owner, g.name FROM algorithms g JOIN accounts a ON a.id = g.owner_id WHERE g.id = $1',
    values: [algorithmId],
  });
  return rows[0];
}

/** A secret with what is to be known of its provider. */
export interface SecretBesideProvider extends SecretRow {
  provider_name: string;
  provider_kind: 'internal' | 'plugin';
  provider_enabled: boolean;
}

export interface SecretWithProvider extends SecretBesideProvider {
  linked: boolean;
}

/** The same with each one's provider, for the page. */
export async function listLiveWithProvider(algorithmId: string): Promise<SecretWithProvider[]> {
  const { rows } = await pool().query<SecretWithProvider>({
    name: 'live-secrets-with-provider',
    text: `SELECT ${columns.split(', ').map((column) => `s.${column}`).join(', ')}, s.linked, p.name AS provider_name, p.kind AS provider_kind, p.is_enabled AS provider_enabled
           FROM secrets s JOIN providers p ON p.id = s.provider_id WHERE s.algorithm_id = $1 AND s.live_key IS NOT NULL ORDER BY s.live_key`,
    values: [algorithmId],
  });
  return rows;
}

export async function listLive(algorithmId: string): Promise<SecretRow[]> {
  const { rows } = await pool().query<SecretRow>({
    name: 'live-secrets',
    text: `SELECT ${columns} FROM secrets WHERE algorithm_id = $1 AND live_key IS NOT NULL ORDER BY live_key`,
    values: [algorithmId],
  });
  return rows;
}

export interface SecretInPlace extends SecretBesideProvider {
  owner_id: string;
  owner: string;
  algorithm: string;
  removed: Date | null;
}

const usageShards = 16;
/** The shard of a provider's count that a writer takes. */
export const shard = () => Math.floor(Math.random() * usageShards);

export interface NewSecret {
  id: string;
  algorithmId: string;
  secretKey: string;
  shortName: string;
  description: string;
  providerId: string;
  versionId: string;
  revision: bigint;
  createdBy: string;
  poolEpoch: number;
  envelope: Buffer;
}

/** The secret, its first version, its sealed value, the provider's count and the audit event, in one statement. */
export async function insertSealed(secret: NewSecret, audit: AuditEntry): Promise<SecretRow> {
  const { rows } = await pool().query<SecretRow>({
    name: 'insert-sealed-secret',
    text: `WITH event AS (INSERT INTO audit_events (${auditColumns}) VALUES (${auditPlaceholders(13)})),
           counted AS (INSERT INTO provider_usage (provider_id, shard, secrets) VALUES ($6, $12, 1)
                       ON CONFLICT (provider_id, shard) DO UPDATE SET secrets = provider_usage.secrets + 1),
           versioned AS (INSERT INTO secret_versions (id, secret_id, version, created_by) VALUES ($7, $1, 1, $9)),
           sealed AS (INSERT INTO sealed_values (version_id, pool_epoch, envelope) VALUES ($7, $10, $11))
           INSERT INTO secrets (id, algorithm_id, secret_key, live_key, short_name, description, provider_id, current_version_id, revision)
           VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8) RETURNING ${columns}`,
    values: [
      secret.id, secret.algorithmId, secret.secretKey, secret.shortName, secret.description, secret.providerId, secret.versionId, secret.revision.toString(),
      secret.createdBy, secret.poolEpoch, secret.envelope, shard(), ...auditValues(audit),
    ],
  });
  return rows[0] as SecretRow;
}

/** What makes an edit fall through when somebody else's came first. */
export interface Expected {
  id: string;
  revision: string;
}

/** Name and description alone; undefined when the secret has moved on. */
export async function updateMetadata(expected: Expected, edit: { shortName: string; description: string; revision: bigint }, audit: AuditEntry): Promise<SecretRow | undefined> {
  const { rows } = await pool().query<SecretRow>({
    name: 'update-secret-metadata',
    text: `WITH changed AS (
             UPDATE secrets SET short_name = $3, description = $4, revision = $5, modified = now()
             WHERE id = $1 AND revision = $2 AND live_key IS NOT NULL RETURNING ${columns}),
           event AS (INSERT INTO audit_events (${auditColumns}) SELECT ${auditPlaceholders(6)} FROM changed)
           SELECT ${columns} FROM changed`,
    values: [expected.id, expected.revision, edit.shortName, edit.description, edit.revision.toString(), ...auditValues(audit)],
  });
  return rows[0];
}

/** Takes a secret from the living: delivered no more from this commit on. False when somebody else was first. */
export async function removeLive(expected: Expected, revision: bigint, audit: AuditEntry): Promise<boolean> {
  const { rowCount } = await pool().query({
    name: 'remove-secret',
    text: `WITH changed AS (
             UPDATE secrets SET live_key = NULL, removed = now(), revision = $3 WHERE id = $1 AND revision = $2 AND live_key IS NOT NULL RETURNING id, provider_id),
           counted AS (INSERT INTO provider_usage (provider_id, shard, secrets) SELECT provider_id, $4, -1 FROM changed
                       ON CONFLICT (provider_id, shard) DO UPDATE SET secrets = provider_usage.secrets - 1),
           event AS (INSERT INTO audit_events (${auditColumns}) SELECT ${auditPlaceholders(5)} FROM changed)
           SELECT id FROM changed`,
    values: [expected.id, expected.revision, revision.toString(), shard(), ...auditValues(audit)],
  });
  return rowCount === 1;
}

/** How long a removal can be taken back. After it the sealed value is deleted. */
export const undoSeconds = 60;

/** Brings a removed secret back within `undoSeconds`; undefined when it is too late or it lives. Throws when its key is taken. */
export async function restoreRemoved(secretId: string, revision: bigint, audit: AuditEntry): Promise<SecretRow | undefined> {
  const { rows } = await pool().query<SecretRow>({
    name: 'restore-secret',
    text: `WITH changed AS (
             UPDATE secrets SET live_key = secret_key, removed = NULL, revision = $2
             WHERE id = $1 AND removed > now() - make_interval(secs => $3) RETURNING ${columns}),
           counted AS (INSERT INTO provider_usage (provider_id, shard, secrets) SELECT provider_id, $4, 1 FROM changed
                       ON CONFLICT (provider_id, shard) DO UPDATE SET secrets = provider_usage.secrets + 1),
           event AS (INSERT INTO audit_events (${auditColumns}) SELECT ${auditPlaceholders(5)} FROM changed)
           SELECT ${columns} FROM changed`,
    values: [secretId, revision.toString(), undoSeconds, shard(), ...auditValues(audit)],
  });
  return rows[0];
}

/** Deletes what was removed long enough ago, sealed values and all; answers how many. */
export async function purgeRemoved(): Promise<number> {
  const { rowCount } = await pool().query('DELETE FROM secrets WHERE removed < now() - make_interval(secs => $1)', [undoSeconds]);
  return rowCount ?? 0;
}
