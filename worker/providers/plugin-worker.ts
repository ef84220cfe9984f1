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
  /** The disk did not take something. */
  failed: (error: unknown) => void;
}

/** All that a worker does with plugins. Nothing of it runs before a bundle has a secret that a plugin keeps. */
export class PluginWorker {
  readonly secrets: PluginSecrets;
  readonly #configurations: Configurations;
  readonly #hosts: Hosts;
  readonly #values: Values;

  /** Throws FolderError. */
  constructor({ folder, identity, client, env, failed }: PluginWorkerOptions) {
    this.#configurations = new Configurations(folder, identity, client, failed);
    this.#hosts = new Hosts(folder, env, client, () => this.#configurations.modules());
    this.#values = new Values(folder, identity.seed, failed);
    this.secrets = new PluginSecrets({ configurations: this.#configurations, hosts: this.#hosts, values: this.#values, versionPollMs: env.versionPollMs, lastGoodMs: env.lastGoodMs });
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
    this.secrets.end();
    this.#values.saveAll();
    void this.#hosts.end();
  }
}
