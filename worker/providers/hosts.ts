import path from 'node:path';
import { PluginClient } from '@/lib/plugins/host/plugin-client';
import { layered, type HostSettings } from '@/lib/plugins/host/settings';
import { ModuleCache, ModuleUnavailable } from '@/lib/plugins/module-cache';
import { hostSettings } from '@/lib/schemas/provider-settings';
import { Away, Refusal, type DeliveryClient } from '@/worker/delivery-client';
import type { PluginEnv } from '@/worker/plugin-env';
import type { Runnable } from './configurations';
import { machineFinder, type Machine } from './machine';
import { NotAvailable, Tampered } from './trouble';

/** What a worker asks of a provider. Rejects with PluginError. */
export type Reader = Pick<PluginClient, 'getSecret' | 'getSecretVersion'>;

interface Host {
  revision: string;
  client: Promise<PluginClient>;
  started?: PluginClient;
  settings: HostSettings;
}

/** Until a module begins to arrive. */
const moduleMs = 30_000;

/**
 * The plugins' processes on this worker, one for each provider. One whose provider was changed serves until its successor has
 * started; they end when they are idle, and with the agent.
 */
export class Hosts {
  readonly #folder: string;
  readonly #env: PluginEnv;
  readonly #machine: () => Promise<Machine>;
  readonly #modules: ModuleCache;
  readonly #used: () => Iterable<string>;
  readonly #hosts = new Map<string, Host>();
  #ended = false;

  /** @param used hashes of the modules to keep on disk */
  constructor(folder: string, env: PluginEnv, client: Pick<DeliveryClient, 'download'>, used: () => Iterable<string>) {
    this.#folder = path.join(folder, 'plugins');
    this.#env = env;
    this.#machine = machineFinder(env);
    this.#modules = new ModuleCache(path.join(folder, 'modules'), (sha256) => client.download(`modules/${sha256}`, moduleMs));
    this.#used = used;
  }

  /** The plugin of a provider, started. Throws PluginError, NotAvailable or Tampered. */
  reader(runnable: Runnable): Promise<Reader> {
    if (this.#ended) throw new NotAvailable('the agent is ending');
    const before = this.#hosts.get(runnable.id);
    if (before?.revision === runnable.revision) return before.client;
    const settings = layered(hostSettings(this.#env.settings), hostSettings(runnable.settings));
    const next: Host = { revision: runnable.revision, settings, client: this.#start(runnable, settings) };
    this.#hosts.set(runnable.id, next);
    next.client.then(
      (client) => {
        next.started = client;
        void this.#end(before);
        void this.removeUnused();
      },
      () => {
        // What cannot run now may later. The one before stays, to be ended by its successor.
        if (this.#hosts.get(runnable.id) !== next) return;
        if (before) this.#hosts.set(runnable.id, before);
        else this.#hosts.delete(runnable.id);
      },
    );
    return next.client;
  }

  /** Whether this is still what a provider runs. */
  async isCurrent(providerId: string, reader: Reader): Promise<boolean> {
    return (await this.#hosts.get(providerId)?.client.catch(() => undefined)) === reader;
  }

  /** Removes modules from the disk that nothing here runs any more, and what a crash left half written. */
  async removeUnused(): Promise<void> {
    await this.#modules.prune(this.#used()).catch(() => undefined);
  }

  /** It ends; with the next call its module is looked at anew, should the file on disk have been changed. */
  forget(providerId: string): void {
    const host = this.#hosts.get(providerId);
    this.#hosts.delete(providerId);
    void this.#end(host);
  }

  async #start(runnable: Runnable, settings: HostSettings): Promise<PluginClient> {
    const { name, moduleSha256: sha256, factoryClassName: factory } = runnable;
    const machine = await this.#machine();
    const jar = await this.#modules.get(sha256).catch((error: unknown) => {
      if (error instanceof ModuleUnavailable) throw new Tampered('bad_module', error.message);
      if (error instanceof Away) throw new NotAvailable(`this worker does not have the module of ${name} yet, and ${error.message}`);
      if (error instanceof Refusal) throw new NotAvailable(`this worker does not get the module of ${name}: ${error.message}`);
      throw error;
    });
    const client = new PluginClient({ name, ...machine, folder: this.#folder, dataFolder: path.dirname(this.#folder), settings, module: { jar, sha256, factory }, configuration: runnable.configuration() });
    // One that does not start is kept too: its calls say why, and it is not tried more often than its breaker allows.
    await client.start().catch(() => undefined);
    if (this.#ended) await client.stop();
    return client;
  }

  async #end(host: Host | undefined): Promise<void> {
    const client = await host?.client.catch(() => undefined);
    await client?.stop(host?.settings.callTimeoutMs);
  }

  /** How each plugin stands that was needed since the agent started. */
  states(): Map<string, { state: string; pid: number | null }> {
    return new Map([...this.#hosts].map(([id, { started }]) => {
      const status = started?.status();
      return [id, { state: status?.state ?? 'starting', pid: status?.pid ?? null }];
    }));
  }

  /** Ends all, for good. */
  end(): Promise<void> {
    this.#ended = true;
    return this.endAll();
  }

  async endAll(): Promise<void> {
    const ending = [...this.#hosts.values()];
    this.#hosts.clear();
    await Promise.all(ending.map(async ({ client }) => (await client.catch(() => undefined))?.stop()));
  }
}
