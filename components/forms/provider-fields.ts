import { z } from 'zod';
import { settingsFieldsOf, settingsFieldsSchema, settingsOfFields } from '@/components/forms/settings-fields';
import { isPlainText, label, note } from '@/lib/schemas/common';
import { providerRequestSchema, type ProviderRequest, type ProviderView } from '@/lib/schemas/provider';

const { name, factoryClassName } = providerRequestSchema.shape;
const keySchema = label(255).refine((key) => key !== '__proto__', 'can’t be this name.');

/** A key and its value; `keep` and `remove` are of pairs whose value is stored already and never here. */
const pairSchema = z.object({ key: z.string(), value: z.string(), state: z.enum(['typed', 'keep', 'replace', 'remove']) });
export type Pair = z.infer<typeof pairSchema>;

const pairsSchema = z.array(pairSchema).superRefine((pairs, context) => {
  const counts = new Map<string, number>();
  const kept = pairs.filter(({ state }) => state !== 'remove');
  for (const { key } of kept) counts.set(key.trim(), (counts.get(key.trim()) ?? 0) + 1);
  pairs.forEach(({ key, value, state }, at) => {
    if (state === 'remove') return;
    const say = (field: 'key' | 'value', message: string) => context.addIssue({ code: 'custom', path: [at, field], message });
    const checked = keySchema.safeParse(key);
    if (!checked.success) say('key', checked.error.issues[0]?.message ?? 'cannot be used.');
    else if ((counts.get(checked.data) ?? 0) > 1) say('key', 'Another pair has this key. Keep one of them.');
    if (value.length > 65_536) say('value', 'is longer than 65,536 characters.');
    else if (!isPlainText(value)) say('value', 'has a character that cannot be stored (NUL, or half of a surrogate pair).');
  });
});

/** The form's fields, checked by the rules of the API. */
export const providerFormSchema = z.object({
  name,
  description: note(1_024),
  interfaceVersion: label(32),
  factoryClassName,
  pairs: pairsSchema,
  settings: settingsFieldsSchema,
  isEnabled: z.boolean(),
  isDefault: z.boolean(),
});
export type ProviderFields = z.infer<typeof providerFormSchema>;

export function fieldsOf(provider: ProviderView | undefined): ProviderFields {
  return {
    name: provider?.name ?? '',
    description: provider?.description ?? '',
    interfaceVersion: provider?.interfaceVersion ?? 'v1.0.0',
    factoryClassName: provider?.factoryClassName ?? '',
    pairs: (provider?.configurationKeys ?? []).map((key) => ({ key, value: '', state: 'keep' as const })),
    settings: settingsFieldsOf(provider?.settings),
    isEnabled: provider?.isEnabled ?? true,
    isDefault: provider?.isDefault ?? false,
  };
}

/** What is sent: null keeps a stored value, a key that is left out goes. */
export function requestOf({ pairs, settings, ...fields }: ProviderFields, moduleName: string): ProviderRequest {
  const configuration: Record<string, string | null> = {};
  for (const { key, value, state } of pairs) {
    if (state === 'remove') continue;
    // Blank keeps what is stored.
    configuration[key.trim()] = state === 'keep' || (state === 'replace' && value === '') ? null : value;
  }
  return { ...fields, moduleName, configuration, settings: settingsOfFields(settings) };
}
