/** Workers as the control plane's pages and administrators' requests know them. */
import { z } from 'zod';

export const createWorkerToken = z.object({
  /** How long the token may be used, in minutes. */
  minutes: z.number().int().min(1).max(24 * 60).default(60),
});
export type CreateWorkerToken = z.infer<typeof createWorkerToken>;

export const approveWorker = z.object({
  /** As `secret-store agent fingerprint` prints it on the worker's own machine; spaces and case do not matter. */
  fingerprint: z
    .string()
    .trim()
    .max(100)
    .transform((text) => text.toLowerCase().replaceAll(/[^0-9a-f]/g, ''))
    .pipe(z.string().length(32, 'A fingerprint has eight groups of four characters')),
});
export type ApproveWorker = z.infer<typeof approveWorker>;
