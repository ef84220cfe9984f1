import { z } from 'zod';
import { accountNameSchema, emailSchema, idSchema, mustBe, note, pageOf, passwordSchema } from '@/lib/schemas/common';

// Bounds as in the original's API document: its generated clients refuse to read what is longer.
export const userRequestSchema = z.object({
  username: accountNameSchema,
  email: emailSchema,
  fullname: note(100).nullish(),
  company_name: note(100).nullish(),
  company_role: note(200).nullish(),
  /** An addition of ours; without it the user gets a one-time link. */
  password: passwordSchema.nullish(),
});

export const userSchema = z.object({
  id: idSchema,
  username: z.string(),
  email: z.string(),
  fullname: z.string(),
  company_name: z.string(),
  company_role: z.string(),
  self_link: z.string(),
  resource_type: z.literal('user'),
});

/** The answer to creating a user: with the link by which they set their password, once. */
export const createdUserSchema = userSchema.extend({ one_time_link: z.string().optional() });

export const userPageSchema = pageOf(userSchema);

export const passwordLinkSchema = z.object({
  token: z.string(mustBe('text')).min(1, 'is missing. Open the link again.').max(200, 'is not one of ours.'),
  password: passwordSchema,
});

export type UserRequest = z.infer<typeof userRequestSchema>;
export type UserView = z.infer<typeof userSchema>;
export type CreatedUser = z.infer<typeof createdUserSchema>;
