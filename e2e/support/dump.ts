import type { TestApi } from '@/e2e/support/api';

/** Written by looking at things too: events, counts of attempts, and when a key was used last. */
const unstable = ['audit_events', 'sign_in_throttles', '_prisma_migrations'];

/** A digest of every row of every table, to prove that a refused request changed nothing. */
export async function digestOfDatabase(api: TestApi): Promise<Record<string, string>> {
  const tables = await api.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL($1) ORDER BY 1`, [unstable]);
  const each = tables.map(({ name }) => `SELECT '${name}' AS name, count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') AS digest FROM (SELECT to_jsonb(t) - 'last_used' AS row FROM "${name}" t) rows`);
  const rows = await api.query<{ name: string; digest: string }>(each.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}
