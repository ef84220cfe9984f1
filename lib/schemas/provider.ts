import { z } from 'zod';
import { idSchema, isPlainText, label, mustBe, note, timestampSchema } from '@/lib/schemas/common';

const configurationText = z
  .string(mustBe('text'))
  .max(65_536, 'is longer than 65,536 characters.')
  .refine(isPlainText, 'has a character that cannot be stored (NUL, or half of a surrogate pair).');

const configurationKey = label(255).refine((key) => key !== '__proto__', 'can’t be this name.');

/** A key whose value is null keeps what is stored; one that is left out is removed. */
const configurationSchema = z
  .record(configurationKey, configurationText.nullable(), mustBe('an object of text to text'))
  .refine((pairs) => Object.keys(pairs).length <= 100, 'has more than 100 pairs.');

const flag = z.boolean(mustBe('true or false'));

export const providerRequestSchema = z.strictObject({
  name: label(128),
  description: note(1_024).default(''),
  moduleName: note(255).default(''),
  factoryClassName: label(512),
  interfaceVersion: label(32).default('v1.0.0'),
  configuration: configurationSchema.default({}),
  isEnabled: flag.default(true),
  isDefault: flag.default(false),
});

export const providerSchema = z.object({
  id: idSchema,
  providerID: idSchema,
  name: z.string(),
  description: z.string(),
  moduleName: z.string(),
  factoryClassName: z.string(),
  interfaceVersion: z.string(),
  isEnabled: z.boolean(),
  isDefault: z.boolean(),
  created: timestampSchema,
  modified: timestampSchema,
  configurationKeys: z.array(z.string()),
  moduleSha256: z.string(),
  capabilities: z.object({ create: z.boolean(), update: z.boolean(), delete: z.boolean() }),
  status: z.object({ state: z.enum(['ok', 'module_missing', 'unknown', 'failing', 'disabled']), message: z.string(), since: timestampSchema }),
  usedBy: z.number().int(),
});

export type ProviderRequest = z.infer<typeof providerRequestSchema>;
export type ProviderView = z.infer<typeof providerSchema>;
