import { z } from 'zod';
import { idSchema, isPlainText, label, mustBe, note, timestampSchema } from '@/lib/schemas/common';

export const secretValueMaxBytes = 65_536;

const keyForm = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A form of the name that would be accepted, to offer as a fix; undefined when there is none. */
export function suggestSecretKey(typed: string): string | undefined {
  const fixed = typed.trim().replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=[0-9])/, '_');
  return fixed !== typed && keyForm.test(fixed) ? fixed : undefined;
}

/** What is wrong with an environment variable name, in words; undefined when nothing is. */
export function secretKeyFault(key: string): string | undefined {
  if (key === '') return 'is empty. Name the environment variable, for example MYSQL_PASSWORD.';
  if (key.length > 255) return 'is longer than 255 characters. Shorten it.';
  if (keyForm.test(key)) return undefined;
  if (/^[0-9]/.test(key)) return 'can’t begin with a digit. Begin with a letter or an underscore.';
  if (key.includes('-')) return 'can’t have a dash. Use an underscore instead.';
  if (/\s/.test(key)) return 'can’t have spaces. Use an underscore instead.';
  return 'can have only letters, digits and underscores.';
}

/** The name of the environment variable: case sensitive, and the same for ever. */
export const secretKeySchema = z.string(mustBe('text')).check((context) => {
  const fault = secretKeyFault(context.value);
  if (fault) context.issues.push({ code: 'custom', input: '', message: fault });
});

const utf8Length = (text: string) => new TextEncoder().encode(text).length;

/** Kept byte for byte: never trimmed, never normalised. */
export const secretValueSchema = z
  .string(mustBe('text'))
  .min(1, 'is empty. A value has 1 to 65,536 bytes.')
  .refine((value) => !value.includes('\u0000'), 'has a NUL character, which no environment variable can hold.')
  .refine(isPlainText, 'has half of a surrogate pair, which UTF-8 cannot hold.')
  .refine((value) => utf8Length(value) <= secretValueMaxBytes, 'is over 65,536 bytes. A value has 1 to 65,536 bytes of UTF-8.');

const optionalId = z.string(mustBe('text')).nullish();

export const secretRequestSchema = z.object({
  owner_type: z.string(mustBe('text')).nullish(),
  owner_id: optionalId,
  short_name: label(128),
  secret_key: secretKeySchema,
  secret_value: secretValueSchema,
  provider_id: optionalId,
  description: note(1_024).nullish(),
});

/** What a backend calls an entry. */
export const providerKeySchema = z
  .string(mustBe('text'))
  .min(1, 'is empty. Leave it out, or send the key of an entry.')
  .max(1_024, 'is longer than 1,024 characters.')
  .refine(isPlainText, 'has a character that cannot be stored.');

/** A secret as it is sent: with its value, or with the key of an entry that its provider has already. */
export const newSecretSchema = secretRequestSchema
  .extend({
    secret_value: secretValueSchema.nullish(),
    provider_key: providerKeySchema.nullish(),
  })
  .check(({ value, issues }) => {
    if (value.secret_value == null && value.provider_key == null) issues.push({ code: 'invalid_type', expected: 'string', path: ['secret_value'], input: undefined, message: 'is missing.' });
    if (value.secret_value != null && value.provider_key != null) issues.push({ code: 'custom', path: ['provider_key'], input: undefined, message: 'links an entry that has its value already. Send it without secret_value.' });
  })
  // For the API document, which cannot say what a check does.
  .meta({ anyOf: [{ required: ['secret_value'] }, { required: ['provider_key'] }] });

export const removalQuerySchema = z.object({
  /** Removes the secret here and leaves its provider alone, for an entry that cannot be deleted there. */
  forget: z.enum(['true', 'false'], mustBe('true or false')).optional(),
});

export const secretEditSchema = z.object({
  short_name: label(128).optional(),
  description: note(1_024).nullish(),
  secret_value: secretValueSchema.nullish(),
  secret_key: z.string(mustBe('text')).nullish(),
});

/** What may be shown of a secret: never its value. */
export const secretSchema = z.object({
  id: idSchema,
  short_name: z.string(),
  description: z.string(),
  owner_type: z.literal('algorithm'),
  owner_id: idSchema,
  secret_key: z.string(),
  provider_id: idSchema,
  default_secret_value_id: idSchema,
  created: timestampSchema,
  modified: timestampSchema,
});

export const secretListSchema = z.object({ secrets: z.array(secretSchema), results: z.array(secretSchema) });

export type NewSecretRequest = z.infer<typeof newSecretSchema>;
export type SecretEdit = z.infer<typeof secretEditSchema>;
export type SecretMetadata = z.infer<typeof secretSchema>;
