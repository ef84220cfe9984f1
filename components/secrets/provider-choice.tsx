'use client';

import type { UseFormRegisterReturn } from 'react-hook-form';
import { Badge } from '@/components/ui/badge';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import type { ProviderOption } from './provider-option';

/** Where the value goes, in a sentence. */
export function whereItIsKept(provider: ProviderOption): string {
  const described = provider.description.replace(/[.\s]+$/, '');
  const kept = provider.isInternal ? 'Sealed and kept in this cluster’s database.' : 'Kept by its plugin’s own store.';
  return described ? `${described}. ${kept}` : kept;
}

type ProviderChoiceProps = {
  field: UseFormRegisterReturn;
  chosen: ProviderOption | undefined;
  providers: ProviderOption[];
  error: string | undefined;
};

/** Secret provider: the default preselected, its description under the list. */
export function ProviderChoice({ field, chosen, providers, error }: ProviderChoiceProps) {
  return (
    <Field label="Secret provider" help={chosen ? whereItIsKept(chosen) : undefined} error={error} className="tablet:max-w-110">
      {(control) => (
        <Select {...control} {...field} mark={chosen?.isDefault ? <Badge tone="accent">Default</Badge> : undefined}>
          {providers.map((provider) => (
            <option key={provider.id} value={provider.id}>
              {provider.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
