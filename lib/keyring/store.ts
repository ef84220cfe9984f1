import { pool, type Transaction } from '@/lib/db';

/** What the database remembers of the keyring, beside whose it is. */
export type KeyringFact = 'keyring.known' | 'keyring.used' | 'keyring.rotated';

/** One rotation step at a time, on whatever machine; the row exists since the keyring was tied. */
export async function lockKeyring(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT value FROM installation WHERE name = 'keyring' FOR UPDATE`;
}

export async function readFact(tx: Transaction, name: KeyringFact): Promise<string | undefined> {
  return (await tx.installation.findUnique({ where: { name } }))?.value;
}

export async function writeFact(tx: Transaction, name: KeyringFact, value: string): Promise<void> {
  await tx.installation.upsert({ where: { name }, create: { name, value }, update: { value } });
}

/** Every sealed configuration, by its provider's id. */
export async function listRecords(): Promise<{ id: string; sealed: Buffer }[]> {
  const { rows } = await pool().query<{ id: string; sealed: Buffer }>('SELECT id, configuration AS sealed FROM providers WHERE configuration IS NOT NULL ORDER BY id');
  return rows;
}

/** Puts a configuration in the place of the one that it was made from; false when that is there no more. */
export async function replaceRecord(tx: Transaction, id: string, was: Uint8Array, sealed: Uint8Array): Promise<boolean> {
  return (await tx.$executeRaw`UPDATE providers SET configuration = ${Buffer.from(sealed)} WHERE id = ${id}::uuid AND configuration = ${Buffer.from(was)}`) === 1;
}

/** How many stored values each key has signed, by its id, as their envelopes say. */
export async function countEnvelopes(): Promise<Map<string, number>> {
  const { rows } = await pool().query<{ signer: string; values: number }>(
    `SELECT encode(substring(envelope FROM 9 FOR 8), 'hex') AS signer, count(*)::int AS values FROM sealed_values GROUP BY 1`,
  );
  return new Map(rows.map(({ signer, values }) => [signer, values]));
}

/** Approved workers that have not been connected since a moment: those have not heard of newer signing keys. */
export async function workersUnseenSince(moment: Date): Promise<string[]> {
  const { rows } = await pool().query<{ name: string }>(
    `SELECT name FROM workers WHERE state = 'approved' AND (last_seen IS NULL OR last_seen < $1) ORDER BY joined, id`,
    [moment],
  );
  return rows.map(({ name }) => name);
}
