import { randomUUID } from 'node:crypto';
import type { PluginClient } from '../host/plugin-client';
import type { HostEvent } from '../host/plugin-host';
import type { Capabilities } from '../host/protocol';
import { NotApplicable } from './guarantee';
import type { Ledger, Made } from './ledger';
import { marked } from './values';

/** An entry with the value that it has. */
export interface Entry extends Made {
  value: string;
}

/** What guarantees are tried on: a provider in one process, the same in a second one, and the entries made so far. */
export class Scene {
  /** what the provider says of itself, once it started */
  known: Capabilities | undefined;
  private readonly entries = new Map<string, Entry>();
  /** ids of the guarantees that it was seen to keep so far */
  readonly kept = new Set<string>();

  constructor(
    /** as the server has it */
    readonly client: PluginClient,
    /** as a worker has it: another process with the same module and configuration */
    readonly second: PluginClient,
    /** a further process; whoever asks for it stops it */
    readonly fresh: () => PluginClient,
    readonly configuration: Readonly<Record<string, string>>,
    readonly ledger: Ledger,
    /** what happened to the first process */
    readonly events: readonly HostEvent[],
    /** the key of an entry that is there, for providers that make none */
    readonly linked: string | undefined,
  ) {}

  get capabilities(): Capabilities {
    if (!this.known) throw new NotApplicable('The provider did not start.');
    return this.known;
  }

  get makesEntries(): boolean {
    return this.capabilities.allowsCreate && this.capabilities.allowsDelete;
  }

  async create(value = marked(randomUUID())): Promise<Entry> {
    return { ...(await this.ledger.create(this.client, value)), value };
  }

  async update(entry: Entry, value = marked(randomUUID())): Promise<Entry> {
    const { version } = await this.client.updateSecret(entry.providerKey, value);
    return { ...entry, version, value };
  }

  async read(entry: Entry, client = this.client): Promise<string> {
    return (await client.getSecret(entry.providerKey)).value;
  }

  /** One that several guarantees look at; made by the first that asks for it. */
  async shared(name: string): Promise<Entry> {
    const entry = this.entries.get(name) ?? (await this.create());
    this.entries.set(name, entry);
    return entry;
  }

  share(name: string, entry: Entry): Entry {
    this.entries.set(name, entry);
    return entry;
  }

  /** The key of an entry that is there: ours, or the one that was named. */
  async keyToRead(): Promise<string> {
    return this.makesEntries ? (await this.shared('first')).providerKey : (this.linked ?? '');
  }
}
