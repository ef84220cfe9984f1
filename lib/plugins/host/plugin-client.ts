import { setTimeout as sleep } from 'node:timers/promises';
import { PluginError } from './plugin-error';
import { PluginHost, type PluginHostOptions } from './plugin-host';
import { answers, type Capabilities, type SecretValue } from './protocol';
import type { Printed } from './stderr-tail';

export type PluginClientOptions = PluginHostOptions;

export interface PluginStatus {
  state: 'stopped' | 'starting' | 'running' | 'paused';
  pid?: number;
  capabilities?: Capabilities;
  /** the last call that failed, by other than "not found" */
  lastFailure?: PluginError;
  /** while paused: when calls are passed on again */
  retryAt?: Date;
}

/** A backend may need a moment until it shows what it took. */
const READ_BACK_PAUSES_MS = [0, 250, 750];

/**
 * A secret provider, in a process of its own. The methods are the SDK's; each rejects with PluginError.
 * Values go in and out and are kept nowhere.
 */
export class PluginClient {
  private readonly host: PluginHost;
  private known: Capabilities | undefined;

  constructor(private readonly options: PluginClientOptions) {
    this.host = new PluginHost(options);
  }

  /** What the provider allows; starts it when it does not run. */
  async capabilities(): Promise<Capabilities> {
    this.known = (await this.host.ready()).capabilities;
    return this.known;
  }

  /** Takes another configuration. Nothing changes when the plugin refuses it. */
  async create(configuration: Record<string, string>): Promise<Capabilities> {
    this.known = await this.host.reconfigure(configuration);
    return this.known;
  }

  /**
   * Starts the provider if it does not run, and says how long that took, in milliseconds.
   * A start that was under way or done before is not repeated.
   */
  async start(): Promise<{ startMs: number; createMs: number; java: string; capabilities: Capabilities }> {
    const { startMs, createMs, java, capabilities } = await this.host.ready();
    return { startMs, createMs, java, capabilities };
  }

  /**
   * Stores a value, and reads its version back: plugins answer "stored" when nothing was. When that fails the error is of kind
   * `readback` and has the provider key, since an entry may exist. `onKey` is told the key before that: whoever has to remove an
   * entry that nobody came to know of writes it down there.
   */
  async createSecret(value: string, onKey?: (providerKey: string) => Promise<void>): Promise<{ providerKey: string; version: string | null }> {
    const providerKey = await this.host.call('createSecret', { value }, answers.createSecret);
    await onKey?.(providerKey);
    const version = await this.readBack(providerKey, 'createSecret', () => true);
    return { providerKey, version };
  }

  /** Stores another value, and reads the version back. Answers the new version. */
  async updateSecret(providerKey: string, value: string): Promise<{ version: string | null }> {
    const version = await this.host.call('updateSecret', { providerKey, value }, answers.updateSecret);
    await this.readBack(providerKey, 'updateSecret', (found) => found === version);
    return { version };
  }

  /** False when the provider says that there is no such entry, which is no proof of it. */
  deleteSecret(providerKey: string): Promise<boolean> {
    return this.host.call('deleteSecret', { providerKey }, answers.deleteSecret);
  }

  async getSecret(providerKey: string): Promise<SecretValue> {
    const secret = await this.host.call('getSecret', { providerKey }, answers.getSecret);
    this.host.seen(secret.value);
    return secret;
  }

  getSecretVersion(providerKey: string): Promise<string | null> {
    return this.host.call('getSecretVersion', { providerKey }, answers.getSecretVersion);
  }

  /** In ISO form, or null where the provider does not know. */
  secretLastUpdated(providerKey: string): Promise<string | null> {
    return this.host.call('secretLastUpdated', { providerKey }, answers.secretLastUpdated);
  }

  status(): PluginStatus {
    const { state, pid, lastFailure, retryAt } = this.host;
    return {
      state,
      ...(pid === undefined ? {} : { pid }),
      ...(this.known === undefined ? {} : { capabilities: this.known }),
      ...(lastFailure === undefined ? {} : { lastFailure }),
      ...(retryAt === undefined ? {} : { retryAt }),
    };
  }

  /** The last 64 KB of what the plugin printed, without values. */
  log(): string {
    return this.host.log();
  }

  /** The same with its times. */
  printed(): Printed[] {
    return this.host.printed();
  }

  /** Lets calls under way finish for `patience` milliseconds, then ends the process for good. */
  stop(patience = 0): Promise<void> {
    return this.host.stop(patience);
  }

  private async readBack(providerKey: string, method: string, isRight: (version: string | null) => boolean): Promise<string | null> {
    let last: PluginError | undefined;
    for (const pause of READ_BACK_PAUSES_MS) {
      if (pause > 0) await sleep(pause);
      try {
        const version = await this.getSecretVersion(providerKey);
        if (isRight(version)) return version;
        last = undefined;
      } catch (error) {
        if (!(error instanceof PluginError)) throw error;
        last = error;
        if (error.kind !== 'not-found') break;
      }
    }
    throw this.notStored(providerKey, method, last);
  }

  private notStored(providerKey: string, method: string, found: PluginError | undefined): PluginError {
    const { name } = this.options;
    const what = method === 'createSecret' ? 'stored the value' : 'replaced the value';
    let seen = 'the entry still has another version than the one that it returned';
    if (found) seen = found.kind === 'not-found' ? 'the entry is not there' : `the entry cannot be read back (${found.message})`;
    return new PluginError('readback', `The plugin of ${name} said that it ${what}, but ${seen}.`, {
      reached: true,
      providerKey,
      cure: found?.cure ?? 'Check the address, the token and what it may do, and the path or mount in the provider’s configuration: some plugins take a refusal for success.',
    });
  }
}
