import { pool } from '@/lib/db';

/** The id of the keyring that this database belongs to; undefined before the first start has tied it. */
export async function keyringOfDatabase(): Promise<string | undefined> {
  const { rows } = await pool().query<{ value: string }>("SELECT value FROM installation WHERE name = 'keyring'");
  return rows[0]?.value;
}

/** Takes a page on the database's disk and gives it back. Rejects when there is none left. */
export async function takeRoom(): Promise<void> {
  // A new file: what is stored already may have room inside its own for small values long after the disk is full.
  await pool().query('CREATE TEMP TABLE secret_store_room ON COMMIT DROP AS SELECT 1 AS taken');
}
