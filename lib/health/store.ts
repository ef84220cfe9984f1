import { pool } from '@/lib/db';

/** The id of the keyring that this database belongs to; undefined before the first start has tied it. */
export async function keyringOfDatabase(): Promise<string | undefined> {
  const { rows } = await pool().query<{ value: string }>("SELECT value FROM installation WHERE name = 'keyring'");
  return rows[0]?.value;
}
