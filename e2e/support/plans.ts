import pg from 'pg';
import { vi } from 'vitest';

export interface Statement {
  text: string;
  values: unknown[];
  /** A named statement is prepared once and may get a plan that does not know its values. */
  name: string | undefined;
}

/** Records every statement that this process sends to PostgreSQL, by Prisma and by hand, while `work` runs. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const seen = new Map<string, Statement>();
  const query = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function record(this: pg.Client, ...args: unknown[]) {
    const [first, second] = args;
    const config = typeof first === 'string' ? { text: first, values: second } : (first as { text?: string; values?: unknown; name?: string });
    if (config.text) seen.set(config.text, { text: config.text, values: Array.isArray(config.values) ? config.values : [], name: 'name' in config ? config.name : undefined });
    return query.apply(this, args);
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return [...seen.values()].filter(({ text }) => /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i.test(text));
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: Node[];
}

/**
 * What of a plan grows with the tables named: a scan of a whole table, or of a whole index that no LIMIT cuts short.
 * A sort or an aggregate above a LIMIT-less scan is no limit, so it does not count as one.
 */
function unboundedIn(node: Node, growing: readonly string[], isLimited: boolean): string[] {
  const type = node['Node Type'];
  const table = node['Relation Name'];
  const found: string[] = [];
  if (table !== undefined && growing.includes(table)) {
    if (type === 'Seq Scan' || type === 'Parallel Seq Scan' || type === 'Sample Scan') found.push(`${type} on ${table}`);
    if (/^Index.*Scan$/.test(type) && node['Index Cond'] === undefined && !isLimited) found.push(`whole ${type} of ${node['Index Name']} on ${table}`);
  }
  if (type === 'Bitmap Index Scan' && node['Index Cond'] === undefined) found.push(`whole ${type} of ${node['Index Name']}`);
  const passesOn = type === 'Limit' || (isLimited && !/Sort|Aggregate|Hash|Materialize|WindowAgg/.test(type));
  return [...found, ...(node.Plans ?? []).flatMap((plan) => unboundedIn(plan, growing, passesOn))];
}

/** The faults of a statement's plans: the one for its values and, when it is prepared by name, the one for any values. */
export async function unboundedPlans(client: pg.Pool | pg.Client, { text, values, name }: Statement, growing: readonly string[]): Promise<string[]> {
  const plans = [await client.query({ text: `EXPLAIN (FORMAT JSON) ${text}`, values })];
  if (name !== undefined) plans.push(await client.query(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`));
  return plans.flatMap(({ rows }) => {
    const [{ Plan: plan }] = (rows[0] as { 'QUERY PLAN': [{ Plan: Node }] })['QUERY PLAN'];
    return unboundedIn(plan, growing, false);
  });
}
