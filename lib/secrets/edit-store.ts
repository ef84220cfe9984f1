import { auditColumns, auditColumnTypes, auditValues } from '@/lib/audit/store';
import type { AuditEntry } from '@/lib/audit/events';
import { batchPool, isDatabaseAway } from '@/lib/db';
import { GroupCommit } from '@/lib/group-commit';
import type { SecretInPlace, SecretRow } from '@/lib/secrets/store';

// Look-ups and edits that come together share a statement, and the edits a commit: half the work of an update is in
// sending, planning and committing, which then is done once. Alone, each is one statement as ever.

/** Turns rows into the columns that unnest() takes apart again. */
function columnsOf<Row extends readonly unknown[]>(rows: readonly Row[]): unknown[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]));
}

interface Numbered {
  n: number;
}

function byNumber<Row extends Numbered>(count: number, rows: readonly Row[]): (Row | undefined)[] {
  const answers = Array.from<Row | undefined>({ length: count });
  for (const row of rows) answers[row.n - 1] = row;
  return answers;
}

const lookUps = new GroupCommit<readonly [secretId: string, algorithmId: string], SecretInPlace | undefined>(async (batch) => {
  const { rows } = await batchPool().query<SecretInPlace & Numbered>({
    name: 'secrets-in-place',
    text: `SELECT r.n::int AS n, s.id, s.algorithm_id, s.secret_key, s.short_name, s.description, s.provider_id, s.version, s.current_version_id, s.revision,
             s.created, s.modified, s.removed, g.owner_id, a.name AS owner, g.name AS algorithm, p.name AS provider_name, p.kind AS provider_kind, p.is_enabled AS provider_enabled
           FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS r(secret_id, algorithm_id, n)
           JOIN secrets s ON s.id = r.secret_id AND s.algorithm_id = r.algorithm_id
           JOIN algorithms g ON g.id = s.algorithm_id JOIN accounts a ON a.id = g.owner_id JOIN providers p ON p.id = s.provider_id`,
    values: columnsOf(batch),
  });
  return byNumber(batch.length, rows);
});

/** A secret with its algorithm's owner and its provider, removed ones included. */
export function findInPlace(algorithmId: string, secretId: string): Promise<SecretInPlace | undefined> {
  return lookUps.submit([secretId, algorithmId]);
}

export interface SealedEdit {
  shortName: string;
  description: string;
  version: number;
  versionId: string;
  revision: bigint;
  createdBy: string;
  poolEpoch: number;
  envelope: Buffer;
}

// Envelopes come as one run of bytes that each row has a part of: an array of them would be written and read as hex.
const editTypes = ['uuid', 'bigint', 'text', 'text', 'int', 'uuid', 'bigint', 'uuid', 'int', 'int', 'int'];
const editColumns = 'id, expected, short_name, description, version, version_id, revision, created_by, pool_epoch, envelope_at, envelope_bytes';
const requestTypes = [...editTypes, ...auditColumnTypes.map((type) => (type === 'jsonb' ? 'text' : type))];
const auditOfRequest = auditColumns.split(', ').map((column, index) => `audit_${column}${auditColumnTypes[index] === 'jsonb' ? '::jsonb' : ''}`);

// Of two edits of one secret in a batch PostgreSQL takes one; the other finds no row, as if it had come later.
const editStatement = `
WITH request AS (
  SELECT * FROM unnest(${requestTypes.map((type, index) => `$${index + 2}::${type}[]`).join(', ')})
    WITH ORDINALITY AS r(${editColumns}, ${auditColumns.replaceAll(/\w+/g, 'audit_$&')}, n)
), changed AS (
  UPDATE secrets s SET short_name = r.short_name, description = r.description, version = r.version, current_version_id = r.version_id,
    revision = r.revision, modified = now()
  FROM request r WHERE s.id = r.id AND s.revision = r.expected AND s.live_key IS NOT NULL
  RETURNING r.*, s.modified
), versioned AS (
  INSERT INTO secret_versions (id, secret_id, version, created_by) SELECT version_id, id, version, created_by FROM changed
), sealed AS (
  INSERT INTO sealed_values (version_id, pool_epoch, envelope) SELECT version_id, pool_epoch, substring($1::bytea FROM envelope_at FOR envelope_bytes) FROM changed
), event AS (
  INSERT INTO audit_events (${auditColumns}) SELECT ${auditOfRequest.join(', ')} FROM changed
)
SELECT n::int AS n, modified FROM changed`;

interface EditRequest {
  before: SecretInPlace;
  edit: SealedEdit;
  audit: AuditEntry;
}

type Edited = { row: SecretRow | undefined } | { error: unknown };

async function writeEdits(batch: readonly EditRequest[]): Promise<(SecretRow | undefined)[]> {
  let at = 1;
  const values = columnsOf(
    batch.map(({ before, edit, audit }) => {
      const start = at;
      at += edit.envelope.length;
      return [
        before.id, before.revision, edit.shortName, edit.description, edit.version, edit.versionId, edit.revision.toString(), edit.createdBy, edit.poolEpoch,
        start, edit.envelope.length, ...auditValues(audit),
      ] as const;
    }),
  );
  const { rows } = await batchPool().query<{ n: number; modified: Date }>({
    name: 'update-sealed-secrets',
    text: editStatement,
    values: [Buffer.concat(batch.map(({ edit }) => edit.envelope)), ...values],
  });
  return byNumber(batch.length, rows).map((row, index) => row && rowAfter(batch[index] as EditRequest, row.modified));
}

function rowAfter({ before, edit }: EditRequest, modified: Date): SecretRow {
  return { ...before, short_name: edit.shortName, description: edit.description, version: edit.version, current_version_id: edit.versionId, revision: edit.revision.toString(), modified };
}

const edits = new GroupCommit<EditRequest, Edited>(async (batch) => {
  try {
    return (await writeEdits(batch)).map((row) => ({ row }));
  } catch (error) {
    if (batch.length === 1 || isDatabaseAway(error)) return batch.map(() => ({ error }));
    // One that the database refuses, or a deadlock with another server, fails the statement: nobody pays for another's.
    const answers: Edited[] = [];
    for (const request of batch) answers.push(await writeEdits([request]).then(([row]) => ({ row }), (reason: unknown) => ({ error: reason })));
    return answers;
  }
}, 64);

/**
 * Name, description, a new version with its sealed value, and the audit event, committed together; undefined when the
 * secret has moved on.
 */
export async function updateSealed(before: SecretInPlace, edit: SealedEdit, audit: AuditEntry): Promise<SecretRow | undefined> {
  const edited = await edits.submit({ before, edit, audit });
  if ('error' in edited) throw edited.error;
  return edited.row;
}
