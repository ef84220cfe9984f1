import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { encode } from 'next-auth/jwt';
import pg from 'pg';
import { checkContract } from '@/e2e/support/contract-check';
import { pointAtFreshDatabase } from '@/e2e/support/database';
import { send, type Answer, type Sent } from '@/e2e/support/http';
import { issueApiKey } from '@/lib/api-keys/service';
import { sessionMaxAgeSeconds, sessionSecret } from '@/lib/auth/session-token';
import { hashPassword } from '@/lib/crypto/password';
import { generateSeed, importBoxPrivateKey, type BoxPrivateKey } from '@/lib/crypto/keys';
import { currentSigner } from '@/lib/crypto/keyring';
import { signBytes } from '@/lib/crypto/sign';
import { poolStatement } from '@/lib/crypto/statement';
import { inTransaction } from '@/lib/db';
import { newId } from '@/lib/ids';
import { serverKeyring } from '@/lib/server-keyring';
import type { ApiKeyKind } from '@/lib/schemas/api-key';
import { findUserNamed, insertUser, setRole } from '@/lib/users/store';
import { bootstrap } from '@/server/bootstrap';
import { createHost } from '@/server/web/host';

/** How a request says who sends it. */
export type Credentials = { key: string } | { cookie: string };

export interface Person {
  id: string;
  name: string;
  /** An AlgorithmKey of theirs. */
  key: string;
}

export interface TestApi {
  /** The server's address, which is its public origin too. */
  url: string;
  /** The first admin. */
  admin: Person;
  /** The built-in provider's id. */
  internalProvider: string;
  /** The private half of the pool's key, which only workers have otherwise. */
  poolPrivateKey: BoxPrivateKey;
  /** Sends a request, and holds the answer to what the contract says of every answer. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface CallOptions extends Omit<Sent, 'method' | 'path'> {
  as?: Person | Credentials;
}

export interface StartOptions {
  /** How long a request may take to arrive. */
  arrivalMs?: number;
  /** Whether the pool of workers has its key; true unless said. */
  withPool?: boolean;
}

/**
 * The API on a real PostgreSQL and the real HTTP host, in this process: a fresh database, a keyring, the first admin and,
 * in place of a worker, a pool key of the test's own. Pages are not part of it.
 */
export async function startApi(options: StartOptions = {}): Promise<TestApi> {
  const settings = await pointAtFreshDatabase();
  process.env.SECRET_STORE_ADMIN_USERNAME = 'root';
  process.env.SECRET_STORE_ADMIN_PASSWORD = adminPassword;
  const server = createHost({
    pages: async (_incoming, outgoing) => {
      outgoing.statusCode = 404;
      outgoing.end('a page');
    },
    // Only makes the URLs that handlers see whole.
    origin: 'http://localhost',
    trustProxy: false,
    mountApi: true,
    ...(options.arrivalMs !== undefined && { arrivalMs: options.arrivalMs }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.SECRET_STORE_URL = url;
  await bootstrap();

  const pool = new pg.Pool({ ...settings, max: 4 });
  const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) => (await pool.query<Row>(sql, values)).rows;
  const poolPrivateKey = importBoxPrivateKey(generateSeed());
  if (options.withPool ?? true) await addPool(query, poolPrivateKey);
  const [root] = await query<{ id: string; name: string }>(`SELECT id, name FROM accounts WHERE name = 'root'`);
  const [provider] = await query<{ id: string }>(`SELECT id FROM providers WHERE kind = 'internal'`);
  if (!root || !provider) throw new Error('bootstrap made no admin or no provider');

  return {
    url,
    admin: { ...root, key: await makeKey(root.name, 'AlgorithmKey') },
    internalProvider: provider.id,
    poolPrivateKey,
    call: async (method, path, { as, headers, ...rest } = {}) => {
      const answer = await send(url, { method, path, headers: { ...(as && credentialHeaders(as)), ...headers }, ...rest });
      checkContract(method, path, answer);
      return answer;
    },
    query,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await pool.end();
    },
  };
}

export const adminPassword = 'correct horse battery';

function credentialHeaders(as: Person | Credentials): Record<string, string> {
  return 'key' in as ? { authorization: `Simple ${as.key}` } : { cookie: as.cookie };
}

type Query = TestApi['query'];

/** What a first worker does, without one: a pool key whose public half the server has signed. */
export async function addPool(query: Query, privateKey: BoxPrivateKey, epoch = 1): Promise<void> {
  const keyring = serverKeyring();
  const recovery = importBoxPrivateKey(generateSeed());
  const publicKey = privateKey.publicRaw;
  const recoveryPublicKey = recovery.publicRaw;
  const recoveryEnvelope = generateSeed();
  const signature = signBytes(currentSigner(keyring), poolStatement(keyring.id, { epoch, publicKey, recoveryPublicKey, recoveryEnvelope }));
  await query(
    `INSERT INTO pool_epochs (number, public_key, recovery_public_key, recovery_envelope, signature, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
    [epoch, Buffer.from(publicKey), Buffer.from(recoveryPublicKey), recoveryEnvelope, signature, newId()],
  );
}

/** A user with a key, made without the API. */
export async function makePerson(name: string, options: { isAdmin?: boolean; isClusterViewer?: boolean; password?: string } = {}): Promise<Person> {
  const passwordHash = options.password === undefined ? null : await hashPassword(options.password);
  const user = await inTransaction(async (tx) => {
    const row = await insertUser(tx, { id: newId(), username: name, email: `${name}@example.com`, fullname: '', companyName: '', companyRole: '', passwordHash });
    await setRole(tx, row.id, { isAdmin: options.isAdmin ?? false, isClusterViewer: options.isClusterViewer ?? false });
    return row;
  });
  return { id: user.id, name, key: await makeKey(name, 'AlgorithmKey') };
}

/** A key of a user's, as `secret-store-admin` makes one. */
export async function makeKey(username: string, kind: ApiKeyKind): Promise<string> {
  const user = await findUserNamed(username);
  if (!user) throw new Error(`no user ${username}`);
  return (await issueApiKey(user, { key_type: kind }, { kind: 'system', name: 'test' })).api_key;
}

/** The Cookie header of a session that began just now, as next-auth makes one. */
export async function sessionOfPerson(person: { id: string; name: string }, options: { began?: number; secret?: string } = {}): Promise<{ cookie: string }> {
  const token = await encode({
    token: { sub: person.id, name: person.name, began: options.began ?? Date.now() },
    secret: options.secret ?? sessionSecret(),
    maxAge: sessionMaxAgeSeconds,
  });
  return { cookie: `next-auth.session-token=${token}` };
}
