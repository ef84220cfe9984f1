import type { ProviderView } from '@/lib/schemas/provider';

/** What a form needs to know of a provider. `canCreate`: whether it takes new values, as far as that is known. */
export type ProviderOption = { id: string; name: string; description: string; isDefault: boolean; isInternal: boolean; canCreate: boolean };

const internalFactory = 'com.algorithmia.plugin.sqlsecretprovider.InternalSecretProviderFactory';

/** True for the provider that is always there and has no module. */
export function isBuiltIn(provider: Pick<ProviderView, 'factoryClassName' | 'moduleName'>): boolean {
  return provider.factoryClassName === internalFactory && provider.moduleName === '';
}

export function providerOption(provider: ProviderView): ProviderOption {
  const { id, name, description, isDefault, capabilities } = provider;
  return { id, name, description, isDefault, isInternal: isBuiltIn(provider), canCreate: capabilities.create };
}
