import { approvalStatement, poolStatement, providerStatement, referenceStatement } from '@/lib/crypto/statement';
import { pool, type Transaction } from '@/lib/db';

/** A row that the server has signed. */
export interface SignedRow {
  id: string;
  statement: Buffer;
  signature: Buffer;
}

interface Kind {
  /** as an operator knows them */
  title: string;
  table: string;
  key: string;
  keyType: 'uuid' | 'int';
  column: string;
  /** what the statement needs, beside id and signature; of a row of the table, t */
  select: string;
  from?: string;
  where: string;
  statement(serverId: string, row: Record<string, unknown>): Buffer;
}

/** Columns as they are typed below come from our own statements. */
function kind<Row>(definition: Omit<Kind, 'statement'> & { statement(serverId: string, row: Row & { id: string }): Buffer }): Kind {
  return { ...definition, statement: (serverId, row) => definition.statement(serverId, row as Row & { id: string }) };
}

/** All that the server signs and keeps, but for sealed values: those a worker seals again, and the server signs them then. */
export const signedKinds: readonly Kind[] = [
  kind<{ moduleSha256: string; factoryClassName: string; settings: unknown }>({
    title: 'providers',
    table: 'providers', key: 'id', keyType: 'uuid', column: 'signature',
    select: 't.module_sha256 AS "moduleSha256", t.factory_class_name AS "factoryClassName", t.settings',
    where: 't.module_sha256 IS NOT NULL',
    statement: (serverId, { id, ...runs }) => providerStatement(serverId, { providerId: id, ...runs }),
  }),
  kind<{ algorithmId: string; secretId: string; secretKey: string; version: number; providerId: string; providerKey: string }>({
    title: 'references to plugins’ entries',
    table: 'secret_versions', key: 'id', keyType: 'uuid', column: 'reference',
    select: 's.algorithm_id AS "algorithmId", s.id AS "secretId", s.secret_key AS "secretKey", t.version, s.provider_id AS "providerId", t.provider_key AS "providerKey"',
    from: 'JOIN secrets s ON s.current_version_id = t.id',
    where: 't.provider_key IS NOT NULL',
    statement: (serverId, entry) => referenceStatement(serverId, entry),
  }),
  kind<{ epoch: number; publicKey: Buffer; recoveryPublicKey: Buffer; recoveryEnvelope: Buffer }>({
    title: 'pool keys',
    table: 'pool_epochs', key: 'number', keyType: 'int', column: 'signature',
    select: 't.number AS epoch, t.public_key AS "publicKey", t.recovery_public_key AS "recoveryPublicKey", t.recovery_envelope AS "recoveryEnvelope"',
    where: 'true',
    statement: (serverId, epoch) => poolStatement(serverId, epoch),
  }),
  kind<{ boxKey: Buffer; signKey: Buffer }>({
    title: 'approvals of workers',
    table: 'workers', key: 'id', keyType: 'uuid', column: 'approval',
    select: 't.box_key AS "boxKey", t.sign_key AS "signKey"',
    where: `t.state = 'approved'`,
    statement: (serverId, { id, ...keys }) => approvalStatement(serverId, id, keys),
  }),
];

const pageRows = 500;
const first = { uuid: '00000000-0000-0000-0000-000000000000', int: '-1' };

/** All rows of one kind that have a signature, in pages. */
export async function* listSigned(serverId: string, { table, key, keyType, column, select, from = '', where, statement }: Kind): AsyncGenerator<SignedRow[]> {
  for (let after: string = first[keyType]; ; ) {
    const { rows } = await pool().query<{ id: string; signature: Buffer }>(
      `SELECT t.${key}::text AS id, t.${column} AS signature, ${select} FROM ${table} t ${from}
       WHERE t.${key} > $1::${keyType} AND t.${column} IS NOT NULL AND ${where} ORDER BY t.${key} LIMIT ${pageRows}`,
      [after],
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((row) => ({ id: row.id, signature: row.signature, statement: statement(serverId, row as Record<string, unknown> & { id: string }) }));
    after = last.id;
  }
}

/** Puts new signatures in the place of those that are still there; returns how many. */
export async function saveSignatures(tx: Transaction, { table, key, keyType, column }: Kind, rows: { id: string; was: Uint8Array; signature: Uint8Array }[]): Promise<number> {
  return tx.$executeRawUnsafe(
    `UPDATE ${table} t SET ${column} = r.signature FROM unnest($1::${keyType}[], $2::bytea[], $3::bytea[]) AS r(id, was, signature) WHERE t.${key} = r.id AND t.${column} = r.was`,
    rows.map(({ id }) => (keyType === 'int' ? Number(id) : id)),
    rows.map(({ was }) => Buffer.from(was)),
    rows.map(({ signature }) => Buffer.from(signature)),
  );
}
