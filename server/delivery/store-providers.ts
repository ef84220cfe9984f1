import type pg from 'pg';
import { providerRevision } from './statements';

export interface ProviderRow {
  id: string;
  kind: 'internal' | 'plugin';
  name: string;
  moduleSha256: string | null;
  factoryClassName: string;
  settings: unknown;
  signature: Buffer | null;
  /** Sealed under the server's keyring. */
  configuration: Buffer | null;
  revision: string;
}

export async function findProvider(pool: pg.Pool, id: string): Promise<ProviderRow | undefined> {
  const { rows } = await pool.query<ProviderRow>({
    name: 'delivered-provider',
    text: `SELECT p.id, p.kind::text AS kind, p.name, p.module_sha256 AS "moduleSha256", p.factory_class_name AS "factoryClassName", p.settings, p.signature, p.configuration,
             ${providerRevision} AS revision
           FROM providers p WHERE p.id = $1`,
    values: [id],
  });
  return rows[0];
}

/** Whether a provider runs this module now. */
export async function isModuleUsed(pool: pg.Pool, sha256: string): Promise<boolean> {
  const { rows } = await pool.query({ name: 'module-is-used', text: 'SELECT 1 FROM providers WHERE module_sha256 = $1 LIMIT 1', values: [sha256] });
  return rows.length > 0;
}

/** A module's content, a row at a time. */
export async function* readModule(pool: pg.Pool, sha256: string): AsyncGenerator<Buffer> {
  for (let part = 0; ; part++) {
    const { rows } = await pool.query<{ content: Buffer }>({ name: 'delivered-module', text: 'SELECT content FROM module_chunks WHERE sha256 = $1 AND part = $2', values: [sha256, part] });
    const chunk = rows[0]?.content;
    if (!chunk) return;
    yield chunk;
  }
}
