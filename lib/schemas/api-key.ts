import { z } from 'zod';
import { idSchema, isPlainText, mustBe, note, plainJsonSchema, timestampSchema } from '@/lib/schemas/common';

export const apiKeyKindSchema = z.enum(['PlatformAdminKey', 'AlgorithmKey'], mustBe('PlatformAdminKey or AlgorithmKey'));

const permissionsSchema = z.record(z.string().refine(isPlainText, 'cannot be stored.'), plainJsonSchema, mustBe('an object'));

/**
 * What the original's clients expect of every key, and refuse to read a key without. Kept and shown, never interpreted: a
 * key does what its user may do.
 */
export const usualPermissions: z.infer<typeof permissionsSchema> = {
  allow_algo: true, allow_algo_management: true, allow_data: true, allow_data_write: true, allow_web_algo: true, algo_acl: [], referer_host: '',
};

export const apiKeyCreationSchema = z.object({
  key_type: apiKeyKindSchema,
  key_label: note(128).nullish(),
  permissions: permissionsSchema.nullish(),
});

/** `api_key` is the key itself in the answer to its creation, once; everywhere else it repeats the mask. */
export const apiKeySchema = z.object({
  id: idSchema,
  username: z.string(),
  key_label: z.string(),
  created_at: timestampSchema,
  api_key_mask: z.string(),
  api_key: z.string(),
  key_type: apiKeyKindSchema,
  permissions: permissionsSchema,
  owner_name: z.string(),
});

export const apiKeyListSchema = z.array(apiKeySchema);

export type ApiKeyKind = z.infer<typeof apiKeyKindSchema>;
export type ApiKeyCreation = z.infer<typeof apiKeyCreationSchema>;
export type ApiKeyView = z.infer<typeof apiKeySchema>;
