import { z } from 'zod';
import { errorBodySchema } from '@/lib/schemas/common';

export const partSchema = z.object({ status: z.enum(['ok', 'unavailable']), message: z.string().optional() });

/** What `GET /v1/health` answers: 200 while every part serves, else 503 naming the part that does not. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'unavailable']),
  parts: z.record(z.string(), partSchema),
  /** The contract's error beside it, while something is unavailable. */
  error: errorBodySchema.shape.error.optional(),
});

export type Health = z.infer<typeof healthSchema>;
export type PartHealth = z.infer<typeof partSchema>;
