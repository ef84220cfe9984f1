import { pool } from '@/lib/db';

export interface UserRow {
  id: string;
  secretKey: string;
  shortName: string;
  modified: Date;
  algorithmId: string;
  algorithm: string;
  owner: string;
}

const afterAll = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Up to `take` live secrets on a provider, the newest first, that are older than the one with the id `before`. */
export async function listUsers(providerId: string, before: string | undefined, take: number): Promise<UserRow[]> {
  const { rows } = await pool().query<UserRow>({
    name: 'users-of-provider',
    text: `SELECT s.id, s.secret_key AS "secretKey", s.short_name AS "shortName", s.modified, a.id AS "algorithmId", a.name AS algorithm, o.name AS owner
           FROM secrets s JOIN algorithms a ON a.id = s.algorithm_id JOIN accounts o ON o.id = a.owner_id
           WHERE s.provider_id = $1 AND s.id < $2 AND s.removed IS NULL ORDER BY s.id DESC LIMIT $3`,
    values: [providerId, before ?? afterAll, take],
  });
  return rows;
}

/** In how many algorithms the live secrets on a provider are. Looks at each of them. */
export async function countAlgorithms(providerId: string): Promise<number> {
  const { rows } = await pool().query<{ count: number }>({
    name: 'algorithms-of-provider',
    text: 'SELECT count(DISTINCT algorithm_id)::int AS count FROM secrets WHERE provider_id = $1 AND removed IS NULL',
    values: [providerId],
  });
  return rows[0]?.count ?? 0;
}
