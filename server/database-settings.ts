import pg from 'pg';

/**
 * How to reach PostgreSQL, as separate fields: given a connection string, Prisma's migration engine takes its *shadow*
 * database for the real one.
 */
export interface DatabaseSettings {
  /** a name, an address, or the folder of a Unix socket */
  host: string;
  port: number;
  user: string;
  password?: string;
  database: string;
  ssl?: pg.ClientConfig['ssl'];
}

/** Reads a postgres:// address as pg itself does, with its defaults. Throws a message that does not repeat the address. */
export function settingsFromUrl(url: string): DatabaseSettings {
  if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('DATABASE_URL must begin with postgresql://');
  let client: pg.Client & { ssl?: unknown };
  try {
    client = new pg.Client({ connectionString: url });
  } catch {
    throw new Error('DATABASE_URL is not a readable address: expected postgresql://user:password@host:5432/database');
  }
  const { host, port, user, password, database } = client;
  if (!database) throw new Error('DATABASE_URL names no database: expected postgresql://user:password@host:5432/database');
  const ssl = client.ssl as DatabaseSettings['ssl'];
  return { host, port, user: user ?? 'postgres', password: password ?? undefined, database, ...(ssl ? { ssl } : {}) };
}
