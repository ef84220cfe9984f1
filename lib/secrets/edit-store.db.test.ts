import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AuditEntry } from '@/lib/audit/events';
import type { SealedEdit } from '@/lib/secrets/edit-store';
import { queryDatabase, pointAtFreshDatabase } from '@/e2e/support/database';
import type { DatabaseSettings } from '@/server/database-settings';

let database: DatabaseSettings;
let store: typeof import('@/lib/secrets/edit-store');

const account = randomUUID();
const algorithm = randomUUID();
const provider = randomUUID();

beforeAll(async () => {
  database = await pointAtFreshDatabase();
  store = await import('@/lib/secrets/edit-store');
  await queryDatabase(database, `INSERT INTO accounts (id, name, name_key, kind) VALUES ($1, 'alice', 'alice', 'user')`, [account]);
  await queryDatabase(database, `INSERT INTO algorithms (id, owner_id, name, name_key) VALUES ($1, $2, 'Mailer', 'mailer')`, [algorithm, account]);
  await queryDatabase(database, `INSERT INTO providers (id, kind, name, name_key, factory_class_name) VALUES ($1, 'internal', 'p', 'p', 'f')`, [provider]);
  await queryDatabase(database, `INSERT INTO pool_epochs (number, public_key, recovery_public_key, recovery_envelope, signature, created_by) VALUES (1, 'a', 'a', 'a', 'a', $1)`, [account]);
});

async function newSecret(): Promise<string> {
  const id = randomUUID();
  await queryDatabase(
    database,
    `INSERT INTO secrets (id, algorithm_id, secret_key, live_key, short_name, provider_id, current_version_id, revision) VALUES ($1, $2, $3, $3, 'before', $4, $5, 1)`,
    [id, algorithm, `K_${id.replaceAll('-', '')}`, provider, randomUUID()],
  );
  return id;
}

const edit = (shortName: string, changes: Partial<SealedEdit> = {}): SealedEdit => ({
  shortName, description: '', version: 2, versionId: randomUUID(), revision: 2n, createdBy: account, poolEpoch: 1, envelope: Buffer.from(`sealed ${shortName}`), ...changes,
});
const event = (id: string): AuditEntry => ({ action: 'secret.update', actor: { kind: 'user', id: account, name: 'alice' }, object: { id, name: 'K' }, details: { version: 2 } });
/** Edits a secret as it stands before any of the test's edits has come through. */
const edited = async (id: string, change: SealedEdit, audit: AuditEntry) => {
  const before = await store.findInPlace(algorithm, id);
  if (!before) throw new Error('the secret is not there');
  return store.updateSealed(before, change, audit);
};
const eventsOf = (id: string) => queryDatabase(database, 'SELECT details FROM audit_events WHERE object_id = $1', [id]);

describe('edits that come together', () => {
  test('are each answered with their own secret, and leave a version, a sealed value and an event each', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, newSecret));
    const rows = await Promise.all(ids.map((id, index) => edited(id, edit(`name ${index} "quoted" \\ {,}`), event(id))));
    expect(rows.map((row) => [row?.id, row?.short_name, row?.version])).toEqual(ids.map((id, index) => [id, `name ${index} "quoted" \\ {,}`, 2]));
    for (const [index, id] of ids.entries()) {
      const [stored] = await queryDatabase<{ envelope: Buffer }>(database, 'SELECT v.envelope FROM secrets s JOIN sealed_values v ON v.version_id = s.current_version_id WHERE s.id = $1', [id]);
      expect(stored?.envelope.toString()).toBe(`sealed name ${index} "quoted" \\ {,}`);
      expect(await eventsOf(id)).toEqual([{ details: { version: 2 } }]);
    }
  });

  test('two of one secret end as one of them, and only that one is in the audit', async () => {
    const id = await newSecret();
    const rows = await Promise.all(['one', 'two'].map((name) => edited(id, edit(name), event(id))));
    expect(rows.filter((row) => row !== undefined)).toHaveLength(1);
    expect(await eventsOf(id)).toHaveLength(1);
  });

  test('one that the database refuses fails alone', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, newSecret));
    const settled = await Promise.allSettled(
      ids.map((id, index) => edited(id, edit('new', index === 2 ? { poolEpoch: 99 } : {}), event(id))),
    );
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await eventsOf(ids[2] ?? '')).toEqual([]);
  });

  test('look-ups that come together are each answered with their own secret, or none', async () => {
    const ids = await Promise.all(Array.from({ length: 3 }, newSecret));
    const rows = await Promise.all([...ids, randomUUID()].map((id) => store.findInPlace(algorithm, id)));
    expect(rows.map((row) => row?.id)).toEqual([...ids, undefined]);
    expect(await store.findInPlace(randomUUID(), ids[0] ?? '')).toBeUndefined();
  });
});
