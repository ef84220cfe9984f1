import { z } from 'zod';
import { accountNameSchema, emailSchema, idSchema, mustBe, note, pageOf } from '@/lib/schemas/common';

/** The original's types of organization. They are names only: nothing here depends on them. */
export const organizationTypes = [
  { id: 'basic', name: 'basic' },
  { id: 'legacy', name: 'legacy' },
  { id: 'pro', name: 'pro' },
] as const;

const optionalEmail = z.union([emailSchema, z.literal('')], mustBe('an e-mail address such as ops@example.com'));

// Bounds as in the original's API document: its generated clients refuse to read what is longer.
const organizationFields = {
  org_label: note(100).nullish(),
  org_contact_name: note(100).nullish(),
  org_email: optionalEmail.nullish(),
  org_url: note(100).nullish(),
  type_id: z.string(mustBe('text')).nullish(),
};

export const organizationRequestSchema = z.object({ org_name: accountNameSchema, ...organizationFields });

/** The name stays: a differing one is refused, an equal one is fine (clients send the whole object back). */
export const organizationEditSchema = z.object({ org_name: z.string(mustBe('text')).nullish(), ...organizationFields });

export const organizationSchema = z.object({
  id: idSchema,
  org_name: z.string(),
  org_label: z.string(),
  org_contact_name: z.string(),
  org_email: z.string(),
  org_url: z.string(),
  type_id: z.string(),
  owner_ids: z.array(idSchema),
  self_link: z.string(),
  resource_type: z.literal('organization'),
});

export const organizationPageSchema = pageOf(organizationSchema);
export const organizationTypesSchema = z.array(z.object({ id: z.string(), name: z.string() }));

export const memberRoleSchema = z.enum(['owner', 'member', 'executor'], mustBe('owner, member or executor'));
export const memberRequestSchema = z.object({ role: memberRoleSchema.nullish() }).optional();

export const memberSchema = z.object({
  username: z.string(),
  role: memberRoleSchema,
  user_link: z.string(),
  resource_type: z.literal('organization_member'),
});
export const memberPageSchema = pageOf(memberSchema);

export type OrganizationRequest = z.infer<typeof organizationRequestSchema>;
export type OrganizationEdit = z.infer<typeof organizationEditSchema>;
export type OrganizationView = z.infer<typeof organizationSchema>;
export type MemberRole = z.infer<typeof memberRoleSchema>;
export type MemberView = z.infer<typeof memberSchema>;
