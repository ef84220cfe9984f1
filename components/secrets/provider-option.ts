import type { ProviderView } from '@/lib/schemas/provider';

/** What a form needs to know of a provider. `canCreate`: whether it takes new values, as far as that is known. */
export type ProviderOption = { id: string; name: string; description: string; isDefault: boolean; isInternal: boolean; canCreate: boolean };

const internalName = 'algorithmia_internal_secret_provider';

/** True for the provider that is always there and has no module. Told by its name, which no other can have; a factory class anyone can give. */
export function isBuiltIn(provider: Pick<ProviderView, 'name'>): boolean {
  return provider.name === internalName;
}

export function providerOption(provider: ProviderView): ProviderOption {
  const { id, name, description, isDefault, capabilities } = provider;
  return { id, name, description, isDefault, isInternal: isBuiltIn(provider), canCreate: capabilities.create };
}
