import type { Bundle } from '@/lib/schemas/delivery';
import type { Tampered } from './trouble';

/** A secret whose value is in a plugin's backend; its reference was checked. */
export interface PluginSecret {
  secretId: string;
  variable: string;
  version: number;
  providerId: string;
  providerKey: string;
  /** What its provider runs, by the bundle. */
  revision: string;
}

/** What a start gets: a value for each variable, and what to warn of. */
export interface Resolved {
  values: Map<string, string>;
  /** One line when last good values are among them. */
  warning: string | undefined;
}

/** A value that could not be had, and no last good one is there. */
export class NoValue extends Error {
  override readonly name = 'NoValue';

  constructor(
    readonly variable: string,
    message: string,
  ) {
    super(message);
  }
}

/** What is not as the server signed it. */
export class TamperedValue extends Error {
  override readonly name = 'TamperedValue';

  constructor(
    readonly variable: string,
    readonly trouble: Tampered,
  ) {
    super(trouble.message);
  }
}

/** Bundles do not change, and each start looks. */
const listed = new WeakMap<Bundle, readonly PluginSecret[]>();

/** The plugin secrets of a bundle, as it names them. */
export function pluginSecretsOf(bundle: Bundle): readonly PluginSecret[] {
  if (!bundle.providers?.length) return [];
  const known = listed.get(bundle);
  if (known) return known;
  const revisions = new Map(bundle.providers.map(({ id, revision }) => [id, revision]));
  const secrets = bundle.secrets.flatMap(({ id, key, version, entry }) =>
    entry ? [{ secretId: id, variable: key, version, providerId: entry.providerId, providerKey: entry.providerKey, revision: revisions.get(entry.providerId) ?? '' }] : []);
  listed.set(bundle, secrets);
  return secrets;
}
