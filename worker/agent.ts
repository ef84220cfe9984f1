import { changeLine } from '@/lib/schemas/delivery';
import { answerLocally } from './answers';
import { Bearing } from './bearing';
import { Bundles } from './bundles';
import { Confirmations } from './confirmations';
import { Away, DeliveryClient, Refusal } from './delivery-client';
import { Duties } from './duties';
import { Enrolment } from './enrolment';
import { callersEnvironment } from './env';
import { FolderError, errorCode } from './files';
import { Identity } from './identity';
import type { Question } from './local-protocol';
import { pluginEnv } from './plugin-env';
import { PoolKeys } from './pool-keys';
import { Prefetcher } from './prefetcher';
import { PluginWorker } from './providers/plugin-worker';
import { Receipts } from './receipts';
import { printRecoveryKey } from './recovery-key';
import { Resealer } from './resealer';
import { StartService } from './start-service';
import { announceRecoveryKey, askForJoin, supervised, type JoinOffer } from './supervisor-link';
import { Versions } from './versions';
import { Waits } from './waits';

/** `refused`: the server answers and says no; asking again is an event in its audit. */
const backoffMs = { first: 250, most: 2_000, refused: 30_000 };
const askAgainMs = 5_000;

export interface AgentOptions {
  folder: string;
  name?: string | undefined;
  /** Where to join, given on the command line; a supervisor is asked instead. */
  offer?: JoinOffer | undefined;
  /** Where the delivery plane is, when it has moved since the worker joined. */
  server?: string | undefined;
  /** Hand keys only to workers that were confirmed on this machine. */
  approveHere?: boolean;
}

/** The worker's agent: one per worker folder. Starts algorithms from the moment it has a pool key, connected or not. */
export class Agent {
  readonly #identity: Identity;
  readonly #pool: PoolKeys;
  readonly #client: DeliveryClient;
  readonly #enrolment: Enrolment;
  readonly #bundles: Bundles;
  readonly #versions: Versions;
  readonly #receipts: Receipts;
  readonly #starts: StartService;
  readonly #prefetcher: Prefetcher;
  readonly #confirmations: Confirmations;
  readonly #resealer: Resealer;
  readonly #plugins: PluginWorker;
  readonly #ending = new AbortController();
  readonly #waits = new Waits();
  #offer: JoinOffer | undefined;
  readonly #bearing: Bearing;
  #connected = false;
  #duties: Duties | undefined;
  #looking: Promise<void> | undefined;
  #saidNo = false;

  /** Throws FolderError when the folder's files are not to be used. */
  constructor({ folder, name, offer, server, approveHere = false }: AgentOptions) {
    const failed = (error: unknown) => this.#bearing.diskFailed(error);
    this.#identity = Identity.load(folder, name);
    this.#pool = new PoolKeys(folder);
    this.#bearing = new Bearing(
      this.#pool.epochs.length > 0
        ? { state: 'ready', message: 'Algorithms can be started; the delivery plane has not been reached yet.' }
        : { state: 'starting', message: 'This worker has no key of the pool yet: it has not reached the delivery plane.' },
    );
    this.#bundles = new Bundles(folder, this.#identity.seed, failed);
    this.#versions = new Versions(folder, this.#identity.seed, failed);
    this.#receipts = new Receipts(folder, failed);
    if (server) this.#identity.moveTo(server);
    this.#client = new DeliveryClient(this.#identity, this.#identity.joined?.server ?? offer?.server ?? 'http://127.0.0.1:3001');
    this.#confirmations = new Confirmations(folder, approveHere);
    this.#enrolment = new Enrolment(this.#identity, this.#pool, this.#client, this.#confirmations);
    this.#resealer = new Resealer({ client: this.#client, pool: this.#pool, verifyKeys: () => this.#identity.verifyKeys, unexpected: (error) => this.#unexpected(error) });
    this.#plugins = new PluginWorker({ folder, identity: this.#identity, client: this.#client, env: pluginEnv(callersEnvironment()), inUse: () => this.#bundles.providers(), failed });
    this.#offer = offer;
    this.#starts = new StartService({
      identity: this.#identity,
      pool: this.#pool,
      client: this.#client,
      bundles: this.#bundles,
      versions: this.#versions,
      receipts: this.#receipts,
      plugins: this.#plugins.secrets,
      standing: () => this.#bearing.standing,
      connected: () => this.#connected,
      lookAgain: () => this.#lookAnew().catch(() => undefined),
    });
    this.#prefetcher = new Prefetcher((id) => this.#starts.prefetch(id));
  }

  /** The worker was revoked: what it holds of others' secrets goes. Its keys stay: an administrator decides about them. */
  #revoked(message: string): void {
    this.#bundles.clear();
    this.#plugins.clear();
    this.#starts.forgetOpened();
    this.#bearing.stand({ state: 'revoked', message: `${message} It starts nothing any more. To let this machine in again, move its identity.json and pool.json away and join anew.` });
  }

  /** Looks at how the worker stands; several at once are one. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** A look that begins now: one under way may have asked before what this is about. */
  async #lookAnew(): Promise<void> {
    await this.#looking?.catch(() => undefined);
    await this.#look();
  }

  async #lookOnce(): Promise<void> {
    try {
      const standing = await this.#enrolment.refresh();
      await this.#showRecoveryKey();
      this.#bearing.stand(standing);
      this.#resealer.follow(this.#enrolment.plan);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401 && error.message.includes('revoked')) this.#revoked(error.message);
      throw error;
    }
  }

  async #showRecoveryKey(): Promise<void> {
    const key = this.#pool.recoveryKey;
    if (!key) return;
    if (supervised && (await announceRecoveryKey(printRecoveryKey(key)))) this.#pool.forgetRecoveryKey();
  }

  async #join(): Promise<boolean> {
    if (this.#bearing.standing.state === 'starting') this.#bearing.stand({ state: 'joining', message: 'This worker is joining.' });
    const offer = this.#offer ?? (supervised ? await askForJoin() : undefined);
    if (!offer) {
      // Why an offer was refused is worth more than that there is none.
      if (this.#bearing.standing.state !== 'refused') this.#bearing.stand({ state: 'refused', message: 'This worker has not joined an installation. Start it with --server and --token; an administrator makes the token.' });
      return false;
    }
    await this.#enrolment.join(offer.server, offer.token);
    this.#offer = undefined;
    return true;
  }

  /** Joins if it must, looks, then follows the changes until the connection breaks. */
  async #session(): Promise<void> {
    if (!this.#identity.joined || this.#offer) {
      if (!(await this.#join())) return this.#waits.wait(askAgainMs);
    }
    await this.#look();
    this.#connected = true;
    this.#starts.online();
    const duties = new Duties({
      client: this.#client,
      receipts: this.#receipts,
      bundles: this.#bundles,
      changed: (id) => this.#prefetcher.add(id),
      look: () => this.#look(),
      ready: () => this.#bearing.standing.state === 'ready',
      unexpected: (error) => this.#unexpected(error),
    });
    this.#duties = duties;
    const done = duties.work();
    try {
      await this.#client.changes((line) => this.#onChange(line), 16_000, this.#ending.signal);
    } finally {
      this.#connected = false;
      duties.end();
      await done;
    }
  }

  #onChange(line: unknown): void {
    const parsed = changeLine.safeParse(line);
    if (!parsed.success) return;
    const change = parsed.data;
    if ('algorithmId' in change) this.#prefetcher.add(change.algorithmId);
    else if ('self' in change) void this.#lookAnew().catch(() => undefined);
    else if ('revoked' in change) this.#revoked('This worker was revoked.');
    else if (this.#duties) this.#duties.deaf = !(change.listening ?? true);
  }

  #unexpected(error: unknown): void {
    process.stderr.write(`agent: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }

  /** Works until it is ended. */
  async run(): Promise<void> {
    let failures = 0;
    if (this.#bearing.standing.state === 'ready') this.#bearing.stand({ ...this.#bearing.standing });
    while (!this.#ending.signal.aborted) {
      const began = performance.now();
      try {
        await this.#session();
      } catch (error) {
        await this.#sessionFailed(error);
      }
      failures = performance.now() - began > 10_000 ? 0 : failures + 1;
      const most = this.#saidNo && !this.#offer ? backoffMs.refused : backoffMs.most;
      this.#saidNo = false;
      if (!this.#ending.signal.aborted) await this.#waits.wait(Math.min(most, backoffMs.first * 2 ** Math.min(failures, 7)) * (0.5 + Math.random()));
    }
  }

  async #sessionFailed(error: unknown): Promise<void> {
    if (error instanceof Away) {
      if (this.#bearing.standing.state === 'ready') this.#bearing.stand({ state: 'ready', message: `Algorithms start with what this worker had last: ${error.message}.` });
      else if (this.#bearing.standing.state !== 'pending' && this.#bearing.standing.state !== 'waiting') this.#bearing.stand({ state: this.#bearing.standing.state, message: `This worker cannot go on: ${error.message}.` });
      return;
    }
    if (error instanceof FolderError) return this.#bearing.stand({ state: 'refused', message: error.message });
    if (!(error instanceof Refusal)) {
      if (errorCode(error)) this.#bearing.diskFailed(error);
      else this.#unexpected(error);
      return;
    }
    this.#saidNo = true;
    if (error.message.includes('revoked')) return this.#revoked('This worker was revoked.');
    // The database is another one than the worker joined, or the token did not let it in.
    if (error.status === 401 && this.#identity.joined && supervised && !this.#offer) {
      this.#offer = await askForJoin();
      return;
    }
    if (this.#bearing.standing.state !== 'ready') this.#bearing.stand({ state: 'refused', message: error.message });
    else this.#bearing.stand({ state: 'ready', message: `Algorithms start with what this worker had last: ${error.message}` });
    if (this.#offer) this.#offer = undefined;
  }

  end(): void {
    this.#ending.abort();
    this.#duties?.end();
    this.#waits.end();
    this.#versions.save();
    this.#starts.forgetOpened();
    this.#resealer.end();
    this.#plugins.end();
    this.#client.close();
  }

  /** Answers one question of the command line. Throws with a message for people. */
  answer(question: Question): Promise<Buffer | string> {
    return answerLocally(question, {
      identity: this.#identity,
      pool: this.#pool,
      enrolment: this.#enrolment,
      bundles: this.#bundles,
      versions: this.#versions,
      receipts: this.#receipts,
      starts: this.#starts,
      confirmations: this.#confirmations,
      resealer: this.#resealer,
      plugins: this.#plugins,
      standing: this.#bearing.standing,
      connected: this.#connected,
      disk: this.#bearing.disk,
      look: () => this.#lookAnew(),
    });
  }
}
