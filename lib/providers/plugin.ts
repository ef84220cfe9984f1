import { ApiError, type ErrorName } from '@/lib/errors';
import { PluginError } from '@/lib/plugins/host/plugin-error';
import { recordCapabilities, recordFailure, recordSuccess } from '@/lib/providers/health';
import { endHost, hostOf, type Hosting } from '@/lib/providers/hosts';
import type { Capabilities, PluginProvider } from '@/lib/providers/provider';

/** An answer of a plugin, counted for its provider's health. */
async function counted<T>(providerId: string, call: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    const answer = await call();
    recordSuccess(providerId, performance.now() - began);
    return answer;
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    // "Not found" is an answer like another.
    if (error.kind === 'not-found') recordSuccess(providerId, performance.now() - began);
    else failed(providerId, error);
    throw error;
  }
}

function failed(providerId: string, error: PluginError): void {
  recordFailure(providerId, wordsOf(error));
  // The file on the disk of this server is not what was uploaded: it is fetched anew.
  if (error.kind === 'module') void endHost(providerId);
}

/** What a plugin failed of, and what to do. */
export function wordsOf(error: PluginError): string {
  return error.cure === undefined ? error.message : `${error.message} ${error.cure}`;
}

/** A failed call as the API answers it. */
export function failureOf(errorName: ErrorName, providerName: string, error: PluginError, more = ''): ApiError {
  const words = wordsOf(error);
  return new ApiError(errorName, `${words.includes(providerName) ? '' : `${providerName}: `}${words}${more && ` ${more}`}`, { cause: error });
}

/** Starting, loading, two calls and their pauses: nothing of one request takes longer. */
const longestOf = ({ settings }: Hosting) => 2 * settings.startTimeoutMs + 3 * settings.callTimeoutMs + 15_000;

/** The plugin of a provider, on this server. Throws PluginError when it cannot run here. */
export async function openPlugin(provider: { id: string; name: string }): Promise<PluginProvider> {
  const { id, name } = provider;
  const hosting = await hostOf(id)
    .then(async (found) => {
      if (!found) throw new PluginError('unavailable', `${name} is no provider with a plugin any more.`);
      await capabilitiesOf(found);
      return found;
    })
    .catch((error: unknown) => {
      if (error instanceof PluginError) failed(id, error);
      throw error;
    });
  const { client } = hosting;

  async function capabilitiesOf({ client: asked }: Hosting): Promise<Capabilities> {
    const { allowsCreate, allowsUpdate, allowsDelete, ttl } = await asked.capabilities();
    const capabilities = { create: allowsCreate, update: allowsUpdate, delete: allowsDelete };
    recordCapabilities(id, { ...capabilities, ttl });
    return capabilities;
  }

  return {
    id,
    name,
    longestCallMs: longestOf(hosting),
    capabilities: () => capabilitiesOf(hosting),
    create: async (value, onKey) => {
      const { providerKey, version } = await counted(id, () => client.createSecret(value, onKey));
      return { providerKey, providerVersion: version };
    },
    update: async (providerKey, value) => (await counted(id, () => client.updateSecret(providerKey, value))).version,
    remove: (providerKey) => counted(id, () => client.deleteSecret(providerKey)),
    version: (providerKey) => counted(id, () => client.getSecretVersion(providerKey)),
  };
}

/** Starts a provider's plugin in the background, when it has one, so that it is known whether it works and what it allows. */
export function warmUp(provider: { id: string; name: string; isEnabled: boolean; moduleSha256: string }): void {
  if (!provider.isEnabled || provider.moduleSha256 === '') return;
  openPlugin(provider).then(
    () => recordSuccess(provider.id),
    // Counted, and shown on the provider's page.
    () => undefined,
  );
}
