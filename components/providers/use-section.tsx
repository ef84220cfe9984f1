'use client';

import { useWatch, type Control, type UseFormRegister } from 'react-hook-form';
import type { ProviderFields } from '@/components/forms/provider-fields';
import { FormSection } from '@/components/layout/form-section';
import { Checkbox } from '@/components/ui/checkbox';
import { counted } from '@/lib/words';

type UseSectionProps = {
  control: Control<ProviderFields>;
  register: UseFormRegister<ProviderFields>;
  /** As it is saved; none of a new provider. */
  saved: { isDefault: boolean; usedBy: number } | undefined;
  /** The provider that is the default now; empty while there is none. */
  defaultName: string;
};

/** Whether developers can choose it, and whether it is chosen for them. */
export function UseSection({ control, register, saved, defaultName }: UseSectionProps) {
  const [isEnabled, isDefault] = useWatch({ control, name: ['isEnabled', 'isDefault'] });
  const wasDefault = saved?.isDefault ?? false;
  return (
    <FormSection title="Use" help="Both can be changed later, without touching the secrets.">
      <Checkbox {...register('isEnabled')} label="Enabled" help={isEnabled ? 'Developers can store secrets on it.' : disabledHelp(saved?.usedBy ?? 0)} />
      <Checkbox {...register('isDefault')} label="Default" help={defaultHelp({ isEnabled, isDefault, wasDefault, defaultName })} />
    </FormSection>
  );
}

/** What is stored on a disabled provider is still delivered. */
function disabledHelp(usedBy: number): string {
  const refused = 'New and changed secrets are refused on it.';
  if (usedBy === 0) return refused;
  return `${refused} The ${counted(usedBy, 'secret')} stored on it ${usedBy === 1 ? 'goes' : 'go'} on reaching ${usedBy === 1 ? 'its algorithm' : 'their algorithms'}.`;
}

function defaultHelp({ isEnabled, isDefault, wasDefault, defaultName }: { isEnabled: boolean; isDefault: boolean; wasDefault: boolean; defaultName: string }): string {
  if (wasDefault) {
    if (!isDefault) return 'The built-in provider becomes the default.';
    return isEnabled ? 'Preselected for new secrets.' : 'It stays the default while it is disabled, so a new secret has to name another provider.';
  }
  if (isDefault && !isEnabled) return 'A disabled provider can’t become the default. Enable it too.';
  if (isDefault) return defaultName === '' ? 'Preselected for new secrets.' : `Preselected for new secrets, in place of ${defaultName}.`;
  return defaultName === '' ? 'Preselected for new secrets. Now: none.' : `Preselected for new secrets. Now: ${defaultName}.`;
}
