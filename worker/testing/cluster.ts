import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { sealValue } from '@/lib/crypto/envelope';
import { createKeyring, currentSigner, type Keyring } from '@/lib/crypto/keyring';
import { importBoxPublicKey } from '@/lib/crypto/keys';
import { signBytes } from '@/lib/crypto/sign';
import { approvalStatement } from '@/lib/crypto/statement';
import { newRevision } from '@/lib/ids';
import { issueJoinToken } from '@/lib/workers/join-token';
import { createDelivery, type Delivery } from '@/server/delivery/listener';
import type { DatabaseSettings } from '@/server/database-settings';
import { freshDatabase } from '@/e2e/support/database';
import type { Status } from '@/worker/local-protocol';
import { bundledProgram } from './program';

/** A command's end, as a test looks at it. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Secret {
  id: string;
  version: number;
  versionId: string;
}

export async function until<T>(look: () => Promise<T | undefined | false> | T | undefined | false, what: string | (() => string), ms = 60_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** As the supervisor starts it. */
const agentFlags = ['--max-semi-space-size=2', '--optimize-for-size', '--single-threaded-gc'];

/** An agent in a folder of its own, as a process of its own. */
export class TestWorker {
  readonly dataDir: string;
  agent: ChildProcess | undefined;
  output = '';

  constructor(readonly program: string) {
    this.dataDir = mkdtempSync(path.join(os.tmpdir(), 'secret-store-worker-'));
  }

  get folder(): string {
    return path.join(this.dataDir, 'worker');
  }

  start(args: string[] = [], env: Record<string, string> = {}): void {
    this.agent = spawn(process.execPath, [...agentFlags, this.program, 'agent', ...args], { env: this.env(env), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.agent.stdout, this.agent.stderr]) stream?.on('data', (part: Buffer) => (this.output += part.toString()));
  }

  env(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: process.env.NODE_ENV, SECRET_STORE_DATA_DIR: this.dataDir, ...more };
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { agent } = this;
    this.agent = undefined;
    if (!agent || agent.exitCode !== null || agent.signalCode !== null) return;
    const ended = new Promise((resolve) => agent.once('exit', resolve));
    agent.kill(signal);
    await ended;
  }

  cli(args: string[], { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {}): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [this.program, ...args], { env: this.env(env), stdio: ['pipe', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
      child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
      child.stdin.end(input);
    });
  }

  /** Runs a small program that prints its environment as JSON. */
  async environment(algorithm: string): Promise<Record<string, string>> {
    const ended = await this.cli(['run', algorithm, '--', process.execPath, '-e', 'process.stdout.write(JSON.stringify(process.env))']);
    if (ended.code !== 0) throw new Error(`run failed: ${ended.stderr}`);
    return JSON.parse(ended.stdout) as Record<string, string>;
  }

  async status(): Promise<Status | undefined> {
    const { stdout } = await this.cli(['agent', 'status', '--json']);
    return stdout ? JSON.parse(stdout) : undefined;
  }

  state(state: string, ms?: number): Promise<unknown> {
    return until(async () => (await this.status())?.state === state, () => `${state} (the agent said: ${this.output})`, ms);
  }
}

/** A database, a keyring, and a delivery plane on a port of its own; what the control plane would do, done by hand. */
export class TestCluster {
  readonly keyring: Keyring = createKeyring();
  readonly workers: TestWorker[] = [];
  delivery: Delivery | undefined;
  readonly db: pg.Pool;
  /** The delivery plane's, from its first start on. */
  port = 0;

  private constructor(readonly database: DatabaseSettings) {
    this.db = new pg.Pool({ ...database, max: 3 });
    this.db.on('error', () => undefined);
  }

  static async create(): Promise<TestCluster> {
    const cluster = new TestCluster(await freshDatabase());
    await cluster.startDelivery();
    return cluster;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async startDelivery(): Promise<void> {
    this.delivery = createDelivery({ database: this.database, keyring: this.keyring, trustProxy: false });
    this.port = Number(new URL(await this.delivery.app.listen({ port: this.port, host: '127.0.0.1' })).port);
  }

  async stopDelivery(): Promise<void> {
    await this.delivery?.close();
    this.delivery = undefined;
  }

  async close(): Promise<void> {
    for (const worker of this.workers) await worker.stop();
    await this.stopDelivery();
    await this.db.end();
    for (const { dataDir } of this.workers) await rm(dataDir, { recursive: true, force: true });
  }

  async token({ autoApprove = false, minutes = 10 } = {}): Promise<string> {
    const { token, hash } = issueJoinToken(this.keyring, { autoApprove });
    await this.db.query(`INSERT INTO worker_tokens (id, token_hash, auto_approve, expires) VALUES ($1, $2, $3, now() + $4 * interval '1 minute')`, [randomUUID(), hash, autoApprove, minutes]);
    return token;
  }

  async worker(): Promise<TestWorker> {
    const worker = new TestWorker(await bundledProgram());
    this.workers.push(worker);
    return worker;
  }

  /** A worker that has joined, was approved and has the pool's key. */
  async readyWorker(args: string[] = []): Promise<TestWorker> {
    const worker = await this.worker();
    worker.start(['--server', this.url, '--token', await this.token({ autoApprove: true }), ...args]);
    await worker.state('ready');
    return worker;
  }

  async approve(workerId: string): Promise<void> {
    const { rows } = await this.db.query<{ boxKey: Buffer; signKey: Buffer }>('SELECT box_key AS "boxKey", sign_key AS "signKey" FROM workers WHERE id = $1', [workerId]);
    const keys = rows[0];
    if (!keys) throw new Error('no such worker');
    const approval = signBytes(currentSigner(this.keyring), approvalStatement(this.keyring.id, workerId, keys));
    await this.db.query(`UPDATE workers SET state = 'approved', approval = $2, approved = now() WHERE id = $1`, [workerId, approval]);
    await this.db.query(`SELECT pg_notify('secret_store_changes', '{"workers":true}')`);
  }

  async revoke(workerId: string): Promise<void> {
    await this.db.query(`UPDATE workers SET state = 'revoked', revoked = now() WHERE id = $1`, [workerId]);
  }

  /** Returns the algorithm's id. */
  async algorithm(owner: string, name: string): Promise<string> {
    const ownerId = randomUUID();
    const { rows } = await this.db.query<{ id: string }>(
      `INSERT INTO accounts (id, name, name_key, kind) VALUES ($1, $2, lower($2), 'user') ON CONFLICT (name_key) DO UPDATE SET name = excluded.name RETURNING id`,
      [ownerId, owner],
    );
    const id = randomUUID();
    await this.db.query('INSERT INTO algorithms (id, owner_id, name, name_key) VALUES ($1, $2, $3, lower($3))', [id, rows[0]?.id, name]);
    return id;
  }

  async provider(): Promise<string> {
    const id = '00000000-0000-4000-8000-000000000001';
    await this.db.query(
      `INSERT INTO providers (id, kind, name, name_key, factory_class_name) VALUES ($1, 'internal', 'internal', 'internal', 'x') ON CONFLICT DO NOTHING`,
      [id],
    );
    return id;
  }

  seal(algorithmId: string, secretId: string, secretKey: string, version: number, value: string | Uint8Array, publicKey: Uint8Array, keyring = this.keyring, poolEpoch = 1): Buffer {
    return sealValue({
      poolPublicKey: importBoxPublicKey(publicKey),
      signingKey: currentSigner(keyring),
      context: { algorithmId, secretId, secretKey, version, poolEpoch },
      value: Buffer.from(value),
    });
  }

  /** The newest epoch and what is sealed to it. */
  async pool(): Promise<{ epoch: number; key: Buffer }> {
    const { rows } = await this.db.query<{ epoch: number; key: Buffer }>('SELECT number AS epoch, public_key AS key FROM pool_epochs ORDER BY number DESC LIMIT 1');
    if (!rows[0]) throw new Error('no pool yet');
    return rows[0];
  }

  async poolKey(): Promise<Buffer> {
    return (await this.pool()).key;
  }

  /** Everything at once, as the product writes it: a worker never sees a secret without its value. */
  async #write(statements: [string, unknown[]][]): Promise<void> {
    const client = await this.db.connect();
    try {
      await client.query('BEGIN');
      for (const [sql, values] of statements) await client.query(sql, values);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }

  async #version(versionId: string, algorithmId: string, secretId: string, key: string, version: number, value: string | Uint8Array): Promise<[string, unknown[]][]> {
    const pool = await this.pool();
    return [
      ['INSERT INTO secret_versions (id, secret_id, version) VALUES ($1, $2, $3)', [versionId, secretId, version]],
      ['INSERT INTO sealed_values (version_id, pool_epoch, envelope) VALUES ($1, $2, $3)', [versionId, pool.epoch, this.seal(algorithmId, secretId, key, version, value, pool.key, this.keyring, pool.epoch)]],
    ];
  }

  async secret(algorithmId: string, key: string, value: string | Uint8Array): Promise<Secret> {
    const [id, versionId] = [randomUUID(), randomUUID()];
    await this.#write([
      [
        `INSERT INTO secrets (id, algorithm_id, secret_key, live_key, short_name, provider_id, version, current_version_id, revision)
         VALUES ($1, $2, $3, $3, $3, $4, 1, $5, $6)`,
        [id, algorithmId, key, await this.provider(), versionId, newRevision()],
      ],
      ...(await this.#version(versionId, algorithmId, id, key, 1, value)),
    ]);
    await this.announce(algorithmId);
    return { id, version: 1, versionId };
  }

  async update(algorithmId: string, key: string, secret: Secret, value: string): Promise<Secret> {
    const version = secret.version + 1;
    const versionId = randomUUID();
    await this.#write([
      ...(await this.#version(versionId, algorithmId, secret.id, key, version, value)),
      ['UPDATE secrets SET version = $2, current_version_id = $3, revision = $4 WHERE id = $1', [secret.id, version, versionId, newRevision()]],
    ]);
    await this.announce(algorithmId);
    return { id: secret.id, version, versionId };
  }

  async remove(algorithmId: string, secret: Secret): Promise<void> {
    await this.db.query('UPDATE secrets SET live_key = NULL, removed = now() WHERE id = $1', [secret.id]);
    await this.announce(algorithmId);
  }

  async announce(algorithmId: string): Promise<void> {
    await this.db.query(`SELECT pg_notify('secret_store_changes', $1)`, [JSON.stringify({ algorithmId })]);
  }

  async events(action: string): Promise<{ outcome: string; details: Record<string, unknown>; objectName: string; actorKind: string }[]> {
    const { rows } = await this.db.query(
      'SELECT outcome, details, object_name AS "objectName", actor_kind AS "actorKind" FROM audit_events WHERE action = $1 ORDER BY id',
      [action],
    );
    return rows;
  }
}
