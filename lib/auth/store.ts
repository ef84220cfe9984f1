import { pool } from '@/lib/db';
import type { MemberRole } from '@/lib/schemas/organization';

export interface PrincipalRow {
  id: string;
  name: string;
  is_admin: boolean;
  is_cluster_viewer: boolean;
  sessions_since: Date;
  memberships: Record<string, MemberRole> | null;
}

const principalColumns = `u.id, a.name, u.is_admin, u.is_cluster_viewer, u.sessions_since,
  (SELECT jsonb_object_agg(m.organization_id, m.role) FROM memberships m WHERE m.user_id = u.id) AS memberships`;

/** The user of a key that is neither revoked nor expired; notes that it was used, at most once a minute. */
export async function findPrincipalByKey(lookup: Buffer): Promise<PrincipalRow | undefined> {
  const { rows } = await pool().query<PrincipalRow & { key_id: string; note_use: boolean }>({
    name: 'principal-by-key',
    text: `SELECT ${principalColumns}, k.id AS key_id, (k.last_used IS NULL OR k.last_used < now() - interval '1 minute') AS note_use
           FROM api_keys k JOIN users u ON u.id = k.user_id JOIN accounts a ON a.id = u.id
           WHERE k.lookup = $1 AND k.revoked IS NULL AND (k.expires IS NULL OR k.expires > now())`,
    values: [lookup],
  });
  const row = rows[0];
  // "Last used" is a convenience: it neither delays nor fails the request.
  if (row?.note_use) pool().query('UPDATE api_keys SET last_used = now() WHERE id = $1', [row.key_id]).catch(() => undefined);
  return row;
}

export async function findPrincipalByUser(userId: string): Promise<PrincipalRow | undefined> {
  const { rows } = await pool().query<PrincipalRow>({
    name: 'principal-by-user',
    text: `SELECT ${principalColumns} FROM users u JOIN accounts a ON a.id = u.id WHERE u.id = $1`,
    values: [userId],
  });
  return rows[0];
}

export interface SignInRow {
  id: string;
  name: string;
  password_hash: string | null;
}

export async function findForSignIn(usernameKey: string): Promise<SignInRow | undefined> {
  const { rows } = await pool().query<SignInRow>({
    name: 'user-for-sign-in',
    text: 'SELECT u.id, a.name, u.password_hash FROM users u JOIN accounts a ON a.id = u.id WHERE a.name_key = $1',
    values: [usernameKey],
  });
  return rows[0];
}

/** Counts an attempt to sign in and answers how many there were in the window of `windowSeconds`, this one included. */
export async function countAttempt(subject: string, windowSeconds: number): Promise<number> {
  const { rows } = await pool().query<{ failures: number }>({
    name: 'count-attempt',
    text: `INSERT INTO sign_in_throttles (subject, failures, since) VALUES ($1, 1, now())
           ON CONFLICT (subject) DO UPDATE SET
             failures = CASE WHEN sign_in_throttles.since < now() - make_interval(secs => $2) THEN 1 ELSE sign_in_throttles.failures + 1 END,
             since = CASE WHEN sign_in_throttles.since < now() - make_interval(secs => $2) THEN now() ELSE sign_in_throttles.since END
           RETURNING failures`,
    values: [subject, windowSeconds],
  });
  return rows[0]?.failures ?? 0;
}

/** An attempt that succeeded was no failure. */
export async function takeAttemptBack(subject: string): Promise<void> {
  await pool().query('UPDATE sign_in_throttles SET failures = failures - 1 WHERE subject = $1 AND failures > 0', [subject]);
}

export async function forgetAttempts(subject: string): Promise<void> {
  await pool().query('DELETE FROM sign_in_throttles WHERE subject = $1', [subject]);
}

/** Deletes counts whose window is long over. */
export async function forgetOldFailures(): Promise<void> {
  await pool().query("DELETE FROM sign_in_throttles WHERE since < now() - interval '1 hour'");
}
