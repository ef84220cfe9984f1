import { createHash, randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { DatabaseSettings } from '../database-settings';

type PgAdapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** The catalogue's one-byte type "char", which the adapter does not know, and its array type, which it does. */
const oneByteChar = 18;
const oneByteCharArray = 1002;

/**
 * Shows "char" columns of the catalogue as their array type once the rows are read; the adapter's answer is then put
 * right. Without it the engine cannot describe a database.
 */
class CatalogueClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    const describe = (result: unknown) => {
      for (const each of Array.isArray(result) ? result : [result]) {
        for (const field of (each as pg.QueryResultBase).fields ?? []) {
          if (field.dataTypeID === oneByteChar) field.dataTypeID = oneByteCharArray;
        }
      }
      return result;
    };
    this.query = ((...args: unknown[]) => {
      const last = args.at(-1);
      // pg's pool hands a callback over; a direct caller waits for the promise.
      if (typeof last === 'function') {
        return query(...args.slice(0, -1), (error: unknown, result: unknown) => last(error, error ? result : describe(result)));
      }
      return (query(...args) as Promise<unknown>).then(describe);
    }) as typeof this.query;
  }
}

/** What ends a migration's own row in the same implicit transaction as its statements: a crash leaves both or neither. */
function finishRow(script: string): string {
  const checksum = createHash('sha256').update(script).digest('hex');
  return `\n;UPDATE _prisma_migrations SET finished_at = now() WHERE checksum = '${checksum}' AND finished_at IS NULL AND rolled_back_at IS NULL`;
}

/**
 * The driver adapter that the migration engine works through. Differs from Prisma's own where that one splits scripts at
 * every semicolon (a function's body holds some), and drops its shadow database while still connected to it.
 */
export class MigrationAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';

  /** @param migrations scripts whose success is recorded together with them */
  constructor(
    private readonly settings: DatabaseSettings,
    private readonly migrations: ReadonlySet<string> = new Set(),
  ) {}

  private readonly opened: pg.Pool[] = [];

  /** The engine leaves its connections open, and with them its own lock, for which the next one would wait. */
  async close(): Promise<void> {
    await Promise.all(this.opened.filter((pool) => !pool.ended).map((pool) => pool.end()));
  }

  connect(): Promise<PgAdapter> {
    return this.open(this.settings.database, this.migrations);
  }

  async connectToShadowDb(): Promise<PgAdapter> {
    const database = `secret_store_shadow_${randomUUID().replaceAll('-', '')}`;
    await this.administer(`CREATE DATABASE ${database} TEMPLATE template0`);
    const shadow = await this.open(database, new Set());
    const close = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await close();
      await this.administer(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    };
    return shadow;
  }

  private async open(database: string, migrations: ReadonlySet<string>): Promise<PgAdapter> {
    const config: pg.PoolConfig = { ...this.settings, database, max: 2, connectionTimeoutMillis: 3_000, Client: CatalogueClient };
    const adapter = await new PrismaPg(config).connect();
    this.opened.push(adapter.underlyingDriver());
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const columnTypes = result.columnTypes.map((type) => (type === ColumnTypeEnum.CharacterArray ? ColumnTypeEnum.Character : type));
      return { ...result, columnTypes };
    };
    // Without parameters pg sends one simple query: PostgreSQL itself takes it apart and runs it as one transaction.
    adapter.executeScript = async (script) => {
      const sql = migrations.has(script) ? script + finishRow(script) : script;
      await adapter.executeRaw({ sql, args: [], argTypes: [] });
    };
    return adapter;
  }

  private async administer(sql: string): Promise<void> {
    const client = new pg.Client(this.settings);
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
