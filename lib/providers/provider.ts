/** What a provider's plugin allows to be done. */
export interface Capabilities {
  create: boolean;
  update: boolean;
  delete: boolean;
}

/** An entry in a provider's backend. */
export interface Entry {
  /** Its name there, which the plugin chose. */
  providerKey: string;
  /** Changes with every update; null where the backend knows none. */
  providerVersion: string | null;
}

/**
 * What the control plane asks of a plugin; mirrors the Java SDK (contract, section 3). `getSecret` is not among it: values are
 * read on workers. Each rejects with a PluginError, whose words are an administrator's and hold no value.
 */
export interface PluginProvider {
  readonly id: string;
  readonly name: string;
  /** After so many milliseconds none of these calls can be under way any more. */
  readonly longestCallMs: number;
  capabilities(): Promise<Capabilities>;
  /** Stores a new value and reads its version back. `onKey` is told the entry's key as soon as the plugin has named it. */
  create(value: string, onKey: (providerKey: string) => Promise<void>): Promise<Entry>;
  /** Stores another value and reads the version back. */
  update(providerKey: string, value: string): Promise<string | null>;
  /** False when the plugin says that the entry is not there, which is no proof of it. */
  remove(providerKey: string): Promise<boolean>;
  version(providerKey: string): Promise<string | null>;
}
