import { z } from 'zod';
import { algorithmNameSchema, idSchema, isPlainText, mustBe, note, pageOf, plainJsonSchema } from '@/lib/schemas/common';

/** Deep enough for any client's settings, small enough to keep. */
const settingsSchema = z.record(z.string().refine(isPlainText, 'cannot be stored.'), plainJsonSchema, mustBe('an object'));

export const algorithmRequestSchema = z.object({
  name: algorithmNameSchema,
  details: z
    .object({ label: note(256).nullish(), summary: note(2_048).nullish(), tagline: note(512).nullish() }, mustBe('an object'))
    .nullish(),
  settings: settingsSchema.nullish(),
});

export const algorithmSchema = z.object({
  id: idSchema,
  name: z.string(),
  details: z.object({ label: z.string(), summary: z.string(), tagline: z.string() }),
  settings: z.record(z.string(), z.json()),
  self_link: z.string(),
  resource_type: z.literal('algorithm'),
});

export const algorithmPageSchema = pageOf(algorithmSchema);

export type AlgorithmRequest = z.infer<typeof algorithmRequestSchema>;
export type AlgorithmView = z.infer<typeof algorithmSchema>;
