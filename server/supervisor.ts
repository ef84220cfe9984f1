import { existsSync } from 'node:fs';
import path from 'node:path';
import { reachedAt } from '@/lib/listen-address';
import type { DatabaseSettings } from './database-settings';
import { explainFileError, openDataFolder, rememberAddress } from './data-folder';
import { startEmbeddedPostgres } from './embedded-postgres';
import { childEnvironment, isDevelopment, serverEnv, type ServerEnv } from './env';
import { createLocalJoinToken } from './local-worker';
import { LogFile } from './log-file';
import { startNodePart, type NodePartOptions, type PartMessage } from './parts/node-part';
import { Part, type PartOptions } from './parts/part';
import { prepareDatabase } from './parts/prepare';
import { endOf } from './parts/process';
import { ensurePortIsFree } from './ports';
import { projectRoot } from './root';
import { greeting, recoveryNote, terminal, type Screen } from './screen';
import { whenStarterIsGone } from './starter';

/** Bundles of the parts; in development some may not be there yet. */
const bundles = { web: 'dist/server/web.mjs', delivery: 'dist/server/delivery.mjs', agent: 'dist/worker/cli.mjs' };

/**
 * Owns the ports, the order and the restarts of the processes that make up the product on one machine, and ends them
 * all when it ends: PostgreSQL (embedded unless DATABASE_URL is set), the web server, the delivery plane, the local worker.
 */
export class Supervisor {
  private readonly parts: Part[] = [];
  private readonly logs = new Map<string, LogFile>();
  private embedded: DatabaseSettings | undefined;
  private starting: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private recoveryKey: string | undefined;
  /** what the local worker says is missing before it can start algorithms */
  private workerTrouble: string | undefined;
  private isGreeted = false;
  private readonly interruption = new AbortController();

  constructor(
    private readonly env: ServerEnv,
    private readonly screen: Screen,
  ) {}

  /** Resolves when everything serves. Rejects with what to do when it does not; `stop` is still to be called then. */
  start(): Promise<void> {
    this.starting = this.startParts();
    return this.starting;
  }

  private async startParts(): Promise<void> {
    const began = performance.now();
    const { env, screen } = this;
    await ensurePortIsFree(env.port, env.host, { port: 'PORT', host: 'SECRET_STORE_HOST' });
    await ensurePortIsFree(env.deliveryPort, env.deliveryHost, { port: 'SECRET_STORE_DELIVERY_PORT', host: 'SECRET_STORE_DELIVERY_HOST' });
    await rememberAddress(env.dataDir, env.url);
    if (!env.database) {
      screen.line(existsSync(path.join(env.dataDir, 'postgres')) ? 'Starting the database' : 'Creating the database');
      await this.begin('The database', (signal) => this.startPostgres(signal));
    }
    screen.line('Bringing the database up to date');
    const { createdAdmin } = await prepareDatabase({
      env: childEnvironment('prepare', env, this.embedded),
      log: this.log('prepare'),
      signal: this.interruption.signal,
      onWaiting: (reason) => screen.line(`Waiting for the database at DATABASE_URL (${reason})`),
    });
    screen.line('Starting web server and delivery plane');
    await Promise.all([this.startWeb(), this.startDelivery()]);
    if (!env.database && existsSync(path.join(projectRoot, bundles.agent))) {
      screen.line('Starting the local worker');
      await this.begin('The local worker', (signal) => this.startAgent(signal), false);
    }
    this.interruption.signal.throwIfAborted();
    const seconds = (performance.now() - began) / 1000;
    screen.line(greeting({ ...env, deliveryUrl: reachedAt(env.deliveryHost, env.deliveryPort, 'localhost'), isOwnDatabase: env.database !== undefined, createdAdmin, seconds, workerTrouble: this.workerTrouble }));
    this.isGreeted = true;
    this.showRecoveryKey();
  }

  /** Ends all parts, those that use others first. Safe to call more than once. */
  stop(): Promise<void> {
    this.stopping ??= this.stopParts();
    return this.stopping;
  }

  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  private async stopParts(): Promise<void> {
    this.interruption.abort();
    // The worker keeps it no longer once it is handed over.
    this.showRecoveryKey();
    await Promise.all(this.parts.map((part) => part.interrupt()));
    await this.starting?.catch(() => undefined);
    const [first, ...rest] = this.parts;
    if (this.env.database) {
      await Promise.all(this.parts.map((part) => part.stop()));
    } else {
      await Promise.all(rest.map((part) => part.stop()));
      await first?.stop();
    }
    for (const log of this.logs.values()) log.close();
  }

  private async begin(title: string, start: PartOptions['start'], isEssential = true): Promise<void> {
    this.interruption.signal.throwIfAborted();
    const explained: PartOptions['start'] = (signal) => start(signal).catch((error: unknown) => Promise.reject(explainFileError(error, this.env.dataDir)));
    const part = new Part({ title, start: explained, isEssential, onEvent: (line) => this.screen.line(line) });
    this.parts.push(part);
    try {
      await part.begin();
    } catch (error) {
      if (error instanceof Error && error.name === 'UserError') throw error;
      throw new Error(`${title} did not start: ${(error as Error).message}. Its log is in ${path.join(this.env.dataDir, 'logs')}.`);
    }
  }

  private async startPostgres(signal: AbortSignal) {
    const log = this.log('postgres');
    const postgres = await startEmbeddedPostgres({ dataDir: this.env.dataDir, signal, onLog: (chunk) => log.write(chunk) });
    this.embedded = postgres.settings;
    return { ended: endOf(postgres.process), stop: postgres.stop };
  }

  private async startWeb(): Promise<void> {
    // `next dev` compiles in the same process. In production the heap is bounded: the server idles at a third of what
    // Node would let it grow to.
    const mode = isDevelopment ? { args: ['--dev'] } : { nodeArgs: ['--max-old-space-size=160', '--max-semi-space-size=8'] };
    await this.beginNode('The web server', 'web', { ...mode, stopPatience: 5_000 });
  }

  private async startDelivery(): Promise<void> {
    await this.beginNode('The delivery plane', 'delivery', { stopPatience: 5_000 });
  }

  private async beginNode(title: string, name: 'web' | 'delivery', options: Pick<NodePartOptions, 'args' | 'nodeArgs' | 'stopPatience'>): Promise<void> {
    if (!existsSync(path.join(projectRoot, bundles[name]))) return;
    const log = this.log(name);
    const env = childEnvironment(name, this.env, this.embedded);
    await this.begin(title, (signal) => startNodePart({ bundle: bundles[name], env, log, signal, startTimeout: 30_000, ...options }));
  }

  private startAgent(signal: AbortSignal) {
    const server = reachedAt(this.env.deliveryHost, this.env.deliveryPort);
    return startNodePart({
      bundle: bundles.agent,
      // Holds the agent at 65 MB under load; it stands on machines whose memory is for algorithms. Of a heap that small one
      // thread collects the garbage faster than several that have to be woken.
      nodeArgs: ['--max-semi-space-size=2', '--optimize-for-size', '--single-threaded-gc'],
      args: ['agent', '--server', server, '--name', 'local', '--data', this.env.dataDir],
      env: childEnvironment('agent', this.env, this.embedded),
      log: this.log('worker'),
      startTimeout: 30_000,
      stopPatience: 3_000,
      signal,
      onMessage: (message) => this.answerAgent(message, server),
    });
  }

  private async answerAgent(message: PartMessage, server: string): Promise<Record<string, unknown> | undefined> {
    if (message.type === 'recovery-key' && typeof message.key === 'string') {
      this.recoveryKey = message.key;
      if (this.isGreeted) this.showRecoveryKey();
      return { type: 'recovery-key-shown' };
    }
    if (message.type === 'need-join' && this.embedded) {
      return { type: 'join', token: await createLocalJoinToken(this.embedded, this.env.keyringFile), server };
    }
    if (message.type === 'state' && typeof message.state === 'string' && typeof message.message === 'string') {
      const trouble = message.state === 'ready' ? undefined : message.message;
      if (this.isGreeted && trouble && trouble !== this.workerTrouble) this.screen.line(`The local worker: ${trouble}`);
      if (this.isGreeted && !trouble && this.workerTrouble) this.screen.line('The local worker is ready');
      this.workerTrouble = trouble;
    }
    return undefined;
  }

  private showRecoveryKey(): void {
    if (this.recoveryKey === undefined) return;
    this.screen.line(recoveryNote(this.recoveryKey));
    this.recoveryKey = undefined;
  }

  private log(name: string): LogFile {
    const log = this.logs.get(name) ?? new LogFile(path.join(this.env.dataDir, 'logs', `${name}.log`));
    this.logs.set(name, log);
    return log;
  }
}

/**
 * Calls `stop` on what usually ends a program, and when the npm that started us is gone: nobody could stop us any more.
 * Calls `hurry` when somebody asks again.
 */
function onEnd(stop: () => void, hurry: () => void): void {
  let asked: number | undefined;
  const ask = () => {
    if (asked === undefined) {
      asked = performance.now();
      stop();
    } else if (performance.now() - asked > 1_000) {
      hurry();
    }
    // Else it is one Ctrl-C, which arrives from the terminal and once more from npm, which passes it on.
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  whenStarterIsGone(ask);
}

/** Runs the product in the foreground until it is asked to stop. Ends the process. */
export async function supervise(): Promise<void> {
  let supervisor: Supervisor | undefined;
  let lock: { release: () => Promise<void> } | undefined;
  let exitCode = 0;
  const end = async () => {
    await supervisor?.stop();
    await lock?.release();
    process.exit(exitCode);
  };
  // A terminal that is gone, or a reader that has closed the pipe, must not stop the product.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  onEnd(
    () => {
      terminal.line('Stopping');
      void end();
    },
    // The parts end with us, and PostgreSQL makes up for it at the next start.
    () => process.exit(130),
  );
  try {
    const env = serverEnv();
    lock = await openDataFolder(env.dataDir);
    supervisor = new Supervisor(env, terminal);
    await supervisor.start();
  } catch (error) {
    // A start that was interrupted by Ctrl-C fails in some way; that is no news.
    if (supervisor?.isStopping) return;
    terminal.problem(error instanceof Error ? error.message : String(error));
    exitCode = 1;
    await end();
  }
}
