import type { Bundle, RefusalCause } from '@/lib/schemas/delivery';
import type { Bundles } from './bundles';
import { Away, Refusal, type DeliveryClient } from './delivery-client';
import type { Identity } from './identity';
import type { Standing } from './enrolment';
import { BundleRefused, openBundle, type OpenedBundle } from './open-bundle';
import { OpenedBundles, startLine } from './opened-bundles';
import type { PoolKeys } from './pool-keys';
import { NoValue, TamperedValue, pluginSecretsOf, type PluginSecret } from './providers/plugin-secret';
import type { PluginSecrets } from './providers/plugin-secrets';
import type { Receipts } from './receipts';
import { StartGroups } from './start-groups';
import { isOlder, type Versions } from './versions';

/** Nothing is started. The message is one line for whoever ran the command. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

export interface StartParts {
  identity: Identity;
  pool: PoolKeys;
  client: DeliveryClient;
  bundles: Bundles;
  versions: Versions;
  receipts: Receipts;
  plugins: PluginSecrets;
  standing(): Standing;
  /** Whether the stream of changes lives. */
  connected(): boolean;
  /** The server said no to this worker itself, or has keys that are new to it: it looks how it stands, from now on. */
  lookAgain(): Promise<void>;
}

/**
 * How long a start waits for the delivery plane before it goes on with the last good bundle: while the stream of changes
 * lives, the delivery plane is there and only slow; without it, most likely not. With no bundle there is nothing else.
 */
const patienceMs = { connected: 5_000, disconnected: 1_500, withoutBundle: 6_000 };
/** Without the stream and without an answer, starts go on with what there is for this long, instead of each waiting anew. */
const restMs = 1_000;

/** How often a bundle is fetched anew because another start overtook it; each time it must be a newer one. */
const mostLooks = 10;

type Fetched = { bundle: Bundle; fresh: boolean } | { away: string };

/** Turns an algorithm's name into its environment: newest first, last good while the delivery plane is away. */
export class StartService {
  readonly #parts: StartParts;
  readonly #opened = new OpenedBundles();
  readonly #groups: StartGroups;
  #restUntil = 0;

  constructor(parts: StartParts) {
    this.#parts = parts;
    this.#groups = new StartGroups(parts.client, () => (parts.connected() ? patienceMs.connected : patienceMs.disconnected));
  }

  /** The delivery plane answers again. */
  online(): void {
    this.#restUntil = 0;
  }

  /** The answer to `run`, as a JSON line with the variables. Throws StartRefused. */
  async start(owner: string, name: string): Promise<Buffer> {
    const { bundles, pool, receipts, standing } = this.#parts;
    const { state, message } = standing();
    if (state === 'revoked' || state === 'refused' || pool.epochs.length === 0) throw new StartRefused(message);
    const label = `${owner}/${name}`;
    const held = bundles.byName(owner, name);
    const fetched = await this.#fetch(label, { owner, name }, held);
    if ('away' in fetched) {
      if (!held) throw new StartRefused(`${label} cannot be started: ${fetched.away}, and this worker has no copy of its secrets yet`);
      const { line } = await this.#open(label, held);
      receipts.add({ algorithmId: held.algorithm.id, outcome: 'started', tag: held.tag });
      return line;
    }
    const { line, bundle } = await this.#open(label, fetched.bundle);
    if (fetched.fresh || bundle !== fetched.bundle) this.#keep(bundle);
    else bundles.used(bundle.algorithm.id);
    return line;
  }

  /** Unless a start that overtook this one has kept a newer one. */
  #keep(bundle: Bundle): void {
    const { bundles, plugins, versions } = this.#parts;
    if (!bundle.secrets.every(({ id, version, poolEpoch }) => !isOlder(versions.seen(id), { version, epoch: poolEpoch ?? 0 }))) return;
    bundles.put(bundle);
    plugins.keepOnly(bundle);
  }

  async #fetch(label: string, which: { owner: string; name: string }, held: Bundle | undefined): Promise<Fetched> {
    const { client } = this.#parts;
    if (held && performance.now() < this.#restUntil) return { away: 'the delivery plane is away' };
    try {
      const answer = held ? await this.#groups.ask({ ...which, tag: held.tag }) : await client.start(which, patienceMs.withoutBundle);
      if (!('unchanged' in answer)) return { bundle: answer, fresh: true };
      if (!held) throw new Away('the delivery plane answered for a bundle that this worker does not have');
      // An algorithm made anew under the same name, both without secrets.
      if (held.algorithm.id !== answer.algorithm.id) return { bundle: { algorithm: answer.algorithm, tag: answer.tag, secrets: [] }, fresh: true };
      return { bundle: held, fresh: false };
    } catch (error) {
      if (error instanceof Away) {
        if (!this.#parts.connected()) this.#restUntil = performance.now() + restMs;
        return { away: error.message };
      }
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 404) {
        if (held) this.forget(held.algorithm.id);
        throw new StartRefused(`no such algorithm: ${label}`);
      }
      if (error.status === 401 || error.status === 403) await this.#parts.lookAgain();
      throw new StartRefused(error.message);
    }
  }

  /**
   * Opens a bundle. What looks wrong is looked at again with everything fresh before it is called tampering: the server
   * may have new keys, and of two starts at once the slower may hold what the faster has seen replaced.
   */
  async #open(label: string, bundle: Bundle): Promise<{ line: Buffer; bundle: Bundle }> {
    const stamp = this.#parts.plugins.stamp(bundle);
    const known = stamp === undefined ? undefined : this.#opened.get(bundle.algorithm.id, bundle.tag + stamp);
    if (known) return { line: known, bundle };
    let looked = bundle;
    for (let looks = 1; ; looks++) {
      try {
        return await this.#openNow(label, looked);
      } catch (error) {
        const fresh = error instanceof BundleRefused && error.mayBeOutdated && looks < mostLooks ? await this.#again(looked, error) : undefined;
        // The same once more: that is how it is, not how it was.
        if (!fresh || (looks > 1 && fresh.tag === looked.tag)) throw this.#refused(label, looked, error);
        looked = fresh;
      }
    }
  }

  async #openNow(label: string, bundle: Bundle): Promise<{ line: Buffer; bundle: Bundle }> {
    const opened = this.#tryOpen(bundle);
    this.#remember(opened);
    const { plugins } = this.#parts;
    const secrets = pluginSecretsOf(bundle);
    const warning = secrets.length === 0 ? undefined : await this.#addPluginValues(label, bundle, secrets, opened.env);
    const stamp = warning === undefined ? plugins.stamp(bundle) : undefined;
    return { line: stamp === undefined ? startLine(opened.env, warning) : this.#opened.put(bundle.algorithm.id, bundle.tag + stamp, opened.env), bundle };
  }

  /** Answers the warning, if there is one. Throws BundleRefused for what was tampered with, StartRefused without a value. */
  async #addPluginValues(label: string, bundle: Bundle, secrets: readonly PluginSecret[], env: Record<string, string>): Promise<string | undefined> {
    try {
      const { values, warning } = await this.#parts.plugins.resolve(bundle, secrets);
      for (const [variable, value] of values) env[variable] = value;
      return warning;
    } catch (error) {
      if (error instanceof TamperedValue) throw new BundleRefused(error.variable, error.trouble.reason, error.message, true);
      if (!(error instanceof NoValue)) throw error;
      this.#reportRefusal(bundle, error.variable, 'not_available');
      // Nothing is wrong with the bundle: it is kept for the next start.
      this.#keep(bundle);
      throw new StartRefused(`${label}: ${error.variable}: ${error.message}; nothing was started`);
    }
  }

  /** The bundle as it is now; as it was when the delivery plane is away. */
  async #again(bundle: Bundle, refused: BundleRefused): Promise<Bundle> {
    if (refused.reason !== 'rolled_back') {
      await this.#parts.lookAgain();
      return bundle;
    }
    const answer = await this.#parts.client.start({ algorithmId: bundle.algorithm.id }, patienceMs.withoutBundle).catch(() => undefined);
    return answer && !('unchanged' in answer) ? answer : bundle;
  }

  #tryOpen(bundle: Bundle): OpenedBundle {
    const { identity, pool, versions } = this.#parts;
    return openBundle(bundle, {
      serverId: identity.joined?.serverId ?? '',
      poolKey: (epoch) => pool.get(epoch),
      verifyKeys: identity.verifyKeys,
      seen: (secretId) => versions.seen(secretId),
      mark: (secretId, version, value) => versions.mark(secretId, version, value),
    });
  }

  #remember({ seen }: OpenedBundle): void {
    const { versions } = this.#parts;
    for (const [id, each] of seen) versions.advance(id, each);
    versions.save();
  }

  #refused(label: string, bundle: Bundle, error: unknown): unknown {
    if (!(error instanceof BundleRefused)) return error;
    this.#reportRefusal(bundle, error.variable, error.reason);
    // Tampering is no outage: the last good bundle is not used in its place, now or later.
    this.forget(bundle.algorithm.id);
    const advice = error.reason === 'rolled_back' || error.reason === 'replaced' ? ' (after restoring an older backup on purpose: secret-store agent accept-versions)' : '';
    return new StartRefused(`${label}: ${error.variable}: ${error.message}; nothing was started${advice}`);
  }

  #reportRefusal(bundle: Bundle, variable: string, cause: RefusalCause): void {
    this.#parts.receipts.add({ algorithmId: bundle.algorithm.id, outcome: 'refused', tag: bundle.tag, variable, cause });
  }

  forget(algorithmId: string): void {
    this.#parts.bundles.drop(algorithmId);
    this.#parts.plugins.drop(algorithmId);
    this.#opened.drop(algorithmId);
  }

  forgetOpened(): void {
    this.#opened.clear();
  }

  /** Fetches what changed, for the time when the delivery plane is away. What does not open is not kept. */
  async prefetch(algorithmId: string): Promise<void> {
    const { bundles, client, plugins, pool } = this.#parts;
    if (pool.epochs.length === 0) return;
    const held = bundles.get(algorithmId);
    let fetched: Bundle | undefined;
    try {
      const answer = await client.start({ algorithmId, reason: 'prefetch', ...(held ? { tag: held.tag } : {}) }, 5_000);
      if ('unchanged' in answer) return;
      fetched = answer;
      this.#remember(this.#tryOpen(answer));
      this.#keep(answer);
      const secrets = pluginSecretsOf(answer);
      if (secrets.length > 0 && plugins.isUsedHere(algorithmId)) await plugins.resolve(answer, secrets);
    } catch (error) {
      // The next start says so.
      if (error instanceof NoValue || error instanceof TamperedValue) return;
      if (error instanceof BundleRefused) {
        // The next start looks twice. Anything else is tampering.
        if (!error.mayBeOutdated && fetched) this.#refused('', fetched, error);
      } else if (error instanceof Refusal && error.status === 404) this.forget(algorithmId);
      else if (!(error instanceof Away || error instanceof Refusal)) throw error;
    }
  }
}
