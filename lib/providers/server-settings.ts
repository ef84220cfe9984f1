import type { Caller } from '@/lib/auth/caller';
import { demand } from '@/lib/auth/permissions';
import { settingsOf } from '@/lib/providers/hosts';
import type { ProviderSettings } from '@/lib/schemas/provider-settings';

/** What a plugin's process has where its provider sets nothing. */
export type ServerSettings = Required<Pick<ProviderSettings, 'heapMb' | 'callTimeoutSeconds' | 'connectTimeoutSeconds' | 'readTimeoutSeconds'>> & Omit<ProviderSettings, 'extraCaPem'> & { hasExtraCa: boolean };

/** The settings that this server's environment gives to all providers, over the built-in ones. Workers have their own. */
export function serverSettings(caller: Caller): ServerSettings {
  demand(caller, 'provider.see');
  const { heapMb, callTimeoutMs, connectTimeoutMs, readTimeoutMs, jvmOptions, proxy, noProxy, caPem, azureAuthorityHost, readablePaths, writablePaths } = settingsOf({});
  return {
    heapMb,
    callTimeoutSeconds: callTimeoutMs / 1_000,
    connectTimeoutSeconds: connectTimeoutMs / 1_000,
    readTimeoutSeconds: readTimeoutMs / 1_000,
    jvmOptions,
    httpsProxy: proxy,
    proxyExceptions: noProxy,
    hasExtraCa: caPem !== undefined,
    azureAuthorityHost,
    readablePaths,
    writablePaths,
  };
}
