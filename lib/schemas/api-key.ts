import { z } from 'zod';
import { idSchema, mustBe, note, plainJsonSchema, timestampSchema } from '@/lib/schemas/common';

export const apiKeyKindSchema = z.enum(['PlatformAdminKey', 'AlgorithmKey'], mustBe('PlatformAdminKey or AlgorithmKey'));

export const apiKeyCreationSchema = z.object({
  key_type: apiKeyKindSchema,
  key_label: note(128).nullish(),
  permissions: plainJsonSchema.optional(),
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
  permissions: z.json(),
  owner_name: z.string(),
});

export const apiKeyListSchema = z.array(apiKeySchema);

export type ApiKeyKind = z.infer<typeof apiKeyKindSchema>;
export type ApiKeyCreation = z.infer<typeof apiKeyCreationSchema>;
export type ApiKeyView = z.infer<typeof apiKeySchema>;
