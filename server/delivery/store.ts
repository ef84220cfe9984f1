import pg from 'pg';
import type { DatabaseSettings } from '@/lib/env';
import { log } from '@/lib/log';
import { repeatStatement } from './repeat-statement';
import { checkStatement, startsStatement } from './statements';

/** One start or prefetch, as the batch statement takes it. `cachedTag`: what the listener holds; '' when nothing. */
export interface StartRow {
  workerId: string;
  algorithmId: string | null;
  ownerKey: string | null;
  nameKey: string | null;
  /** What was asked for, for the event of a refusal. */
  asked: string;
  requestId: string;
  address: string;
  reason: string;
  clientTag: string;
  cachedTag: string;
}

export interface StartResult {
  state: 'pending' | 'approved' | 'revoked' | null;
  workerName: string | null;
  id: string | null;
  owner: string | null;
  name: string | null;
  tag: string | null;
  /** JSON array of sealed secrets, on the first row of an algorithm whose tag is new to the listener; else null. */
  secrets: string | null;
  /** The same of the providers whose plugins its values come from; null when there is none. */
  providers: string | null;
  /** The moment of the statement, and the one after it; see `moment` in repeat-statement.ts. */
  at: string;
  next: string | null;
}

/** A delivery whose answer is known from an earlier batch. */
export interface Repeated {
  requestId: string;
  address: string;
  reason: string;
  workerId: string;
  workerName: string;
  algorithmId: string;
  /** `owner/name` */
  algorithm: string;
  tag: string;
}

export interface DeliveryStore {
  readonly pool: pg.Pool;
  /** Records and answers a batch of starts in one statement, in order. */
  starts(batch: StartRow[]): Promise<StartResult[]>;
  /** Records deliveries that are answered as before, if nobody else has committed anything since that moment. */
  repeat(moment: string, deliveries: Repeated[]): Promise<{ same: boolean; next: string | null }>;
  /** Ids of the algorithms whose tag is another than the one given. */
  changed(algorithms: Record<string, string>): Promise<string[]>;
  workerStates(ids: string[]): Promise<Map<string, string>>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Each statement is answered, or given up, within this time: a worker then starts with what it has. */
const statementMs = 2_500;

// With few rows the planner prefers reading a whole table, and a prepared plan made then outlives the table's growth.
// Compiling never pays for statements this short, nor does planning one anew for its values: the plan is the same.
const indexOnly = 'SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off; SET plan_cache_mode = force_generic_plan';

export function openPool(database: DatabaseSettings, max = 6): pg.Pool {
  const pool = new pg.Pool({
    ...database,
    max,
    connectionTimeoutMillis: 1_500,
    statement_timeout: statementMs,
    query_timeout: statementMs + 250,
    idle_in_transaction_session_timeout: 10_000,
    application_name: 'secret-store-delivery',
    keepAlive: true,
    onConnect: async (client) => {
      await client.query(indexOnly);
    },
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'a database connection broke'));
  return pool;
}

export function openStore(database: DatabaseSettings): DeliveryStore {
  const pool = openPool(database);
  return {
    pool,

    async starts(batch) {
      const column = <K extends keyof StartRow>(key: K) => batch.map((row) => row[key]);
      const { rows } = await pool.query<StartResult & { n: number }>({
        name: 'starts',
        text: startsStatement,
        values: [
          column('workerId'), column('algorithmId'), column('ownerKey'), column('nameKey'), column('asked'),
          column('requestId'), column('address'), column('reason'), column('clientTag'), column('cachedTag'),
        ],
      });
      return rows;
    },

    async repeat(at, deliveries) {
      const kinds = new Map<string, number>();
      const firsts: Repeated[] = [];
      let ids = '';
      let which = '';
      for (const delivery of deliveries) {
        const kind = `${delivery.workerId} ${delivery.algorithmId} ${delivery.reason} ${delivery.address}`;
        let number = kinds.get(kind);
        if (number === undefined) kinds.set(kind, (number = firsts.push(delivery)));
        ids += ids === '' ? delivery.requestId : `,${delivery.requestId}`;
        which += which === '' ? number : `,${number}`;
      }
      const column = <K extends keyof Repeated>(key: K) => firsts.map((each) => each[key]);
      const { rows } = await pool.query<{ same: boolean; next: string | null }>({
        name: 'repeat',
        text: repeatStatement,
        // Ids and numbers have nothing to escape in an array.
        values: [at, `{${ids}}`, `{${which}}`, column('workerId'), column('workerName'), column('algorithmId'), column('algorithm'), column('address'), column('reason'), column('tag')],
      });
      return rows[0] ?? { same: false, next: null };
    },

    async changed(algorithms) {
      const { rows } = await pool.query<{ id: string }>({
        name: 'check',
        text: checkStatement,
        values: [Object.keys(algorithms), Object.values(algorithms)],
      });
      return rows.map(({ id }) => id);
    },

    async workerStates(ids) {
      if (ids.length === 0) return new Map();
      const { rows } = await pool.query<{ id: string; state: string }>({
        name: 'worker-states',
        text: 'SELECT id, state::text AS state FROM workers WHERE id = ANY($1::uuid[])',
        values: [ids],
      });
      return new Map(rows.map(({ id, state }) => [id, state]));
    },

    async ping() {
      await pool.query('SELECT 1');
    },

    async close() {
      await pool.end();
    },
  };
}
