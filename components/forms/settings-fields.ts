import { z } from 'zod';
import { jvmOptionProblem } from '@/lib/plugins/host/settings';
import { providerSettingsSchema, type ProviderSettings } from '@/lib/schemas/provider-settings';

export type SettingName = keyof ProviderSettings;

/** The settings as a form has them: text each, blank for what is not set. Lists have an entry a line. */
export type SettingsFields = Record<SettingName, string>;

const numbers: readonly SettingName[] = ['heapMb', 'callTimeoutSeconds', 'connectTimeoutSeconds', 'readTimeoutSeconds'];
const lists: readonly SettingName[] = ['jvmOptions', 'proxyExceptions', 'readablePaths', 'writablePaths'];

export const settingNames = Object.keys(providerSettingsSchema.shape) as SettingName[];

function valueOf(name: SettingName, text: string): unknown {
  const typed = text.trim();
  if (typed === '') return undefined;
  if (numbers.includes(name)) return Number(typed.replaceAll(/(?<=\d),(?=\d{3})/g, ''));
  if (!lists.includes(name)) return typed;
  const entries = typed.split(name === 'proxyExceptions' ? /[\s,|]+/ : /\r?\n/);
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
}

/** What is wrong with one setting as it is typed, as the end of a sentence or a sentence of its own. */
function faultOf(name: SettingName, text: string): string | undefined {
  const value = valueOf(name, text);
  const checked = providerSettingsSchema.shape[name].safeParse(value);
  if (!checked.success) return checked.error.issues[0]?.message ?? 'cannot be used.';
  if (name !== 'jvmOptions' || !Array.isArray(value)) return undefined;
  for (const option of value.map(String)) {
    const problem = jvmOptionProblem(option);
    if (problem) return `${option} is not allowed. ${problem}`;
  }
  return undefined;
}

const texts = Object.fromEntries(settingNames.map((name) => [name, z.string()])) as Record<SettingName, z.ZodString>;

export const settingsFieldsSchema = z.object(texts).superRefine((fields, context) => {
  for (const name of settingNames) {
    const message = faultOf(name, fields[name]);
    if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
  }
});

export function settingsFieldsOf(settings: ProviderSettings | undefined): SettingsFields {
  const textOf = (name: SettingName) => {
    const value = settings?.[name];
    return Array.isArray(value) ? value.join('\n') : String(value ?? '');
  };
  return Object.fromEntries(settingNames.map((name) => [name, textOf(name)])) as SettingsFields;
}

/** What is sent of fields that were checked. */
export function settingsOfFields(fields: SettingsFields): ProviderSettings {
  return providerSettingsSchema.parse(Object.fromEntries(settingNames.map((name) => [name, valueOf(name, fields[name])])));
}
