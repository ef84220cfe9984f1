import type { DeliveryClient } from '@/worker/delivery-client';
import type { PluginEnv } from '@/worker/plugin-env';
import type { Identity } from '@/worker/identity';
import type { Status } from '@/worker/local-protocol';
import { Configurations } from './configurations';
import { Hosts } from './hosts';
import { PluginSecrets } from './plugin-secrets';
import { Values } from './values';

export interface PluginWorkerOptions {
  /** The worker's folder. */
  folder: string;
  identity: Identity;
  client: DeliveryClient;
  env: PluginEnv;
  /** Providers that a bundle on this worker names. */
  inUse: () => ReadonlySet<string>;
  /** The disk did not take something. */
  failed: (error: unknown) => void;
}

const tidyMs = 10 * 60_000;

/** All that a worker does with plugins. Nothing of it runs before a bundle has a secret that a plugin keeps. */
export class PluginWorker {
  readonly secrets: PluginSecrets;
  readonly #configurations: Configurations;
  readonly #hosts: Hosts;
  readonly #values: Values;
  readonly #inUse: () => ReadonlySet<string>;
  readonly #tidying: NodeJS.Timeout;

  /** Throws FolderError. */
  constructor({ folder, identity, client, env, inUse, failed }: PluginWorkerOptions) {
    this.#configurations = new Configurations(folder, identity, client, failed);
    this.#hosts = new Hosts(folder, env, client, () => this.#configurations.modules());
    this.#values = new Values(folder, identity.seed, failed);
    this.secrets = new PluginSecrets({ configurations: this.#configurations, hosts: this.#hosts, values: this.#values, versionPollMs: env.versionPollMs, lastGoodMs: env.lastGoodMs });
    this.#inUse = inUse;
    this.#tidying = setInterval(() => void this.tidy(), tidyMs).unref();
  }

  /** What no bundle here needs any more ends and goes: the plugin, what it runs, its module. It is fetched again when one does. */
  async tidy(): Promise<void> {
    for (const id of this.#configurations.keepOnly(this.#inUse())) this.#hosts.forget(id);
    await this.#hosts.removeUnused();
  }

  status(): Status['providers'] {
    const states = this.#hosts.states();
    const failing = this.secrets.failing();
    const ids = new Set([...states.keys(), ...failing.map(({ providerId }) => providerId)]);
    return [...ids].map((id) => ({
      id,
      name: this.#configurations.nameOf(id),
      ...(states.get(id) ?? { state: 'stopped', pid: null }),
      failing: failing.filter(({ providerId }) => providerId === id).map(({ variable, algorithmId, confirmed, since, reason }) => ({ variable, algorithmId, confirmed, since, reason })),
    }));
  }

  /** The worker was revoked: what it holds of others' secrets goes. */
  clear(): void {
    this.#values.clear();
    this.#configurations.clear();
    void this.#hosts.endAll();
  }

  end(): void {
    clearInterval(this.#tidying);
    this.secrets.end();
    this.#values.saveAll();
    void this.#hosts.end();
  }
}
