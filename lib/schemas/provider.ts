import { z } from 'zod';
import { idSchema, isPlainText, label, mustBe, note, pageOf, timestampSchema } from '@/lib/schemas/common';
import { providerSettingsSchema } from '@/lib/schemas/provider-settings';

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
  /** Of the plugin's process. Left out, a new provider has none of its own, and an update keeps them. */
  settings: providerSettingsSchema.optional(),
});

export const providerStateSchema = z.enum(['ok', 'module_missing', 'unknown', 'failing', 'disabled']);

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
  status: z.object({ state: providerStateSchema, message: z.string(), since: timestampSchema }),
  usedBy: z.number().int(),
  settings: providerSettingsSchema,
  /** What its plugin failed of last, also when it is well again; both empty when it never did. */
  lastError: z.object({ message: z.string(), at: timestampSchema.or(z.literal('')) }),
});

/** The steps of "Test provider", in their order. `start` is the process with the module in it, `configure` the factory's create. */
export const testSteps = ['start', 'create', 'version', 'update', 'versionChanged', 'delete', 'deleteAgain'] as const;
export type TestStepName = (typeof testSteps)[number];

/** A line of a test: a step that begins, then how it ended; at the end one for the whole. */
export const testLineSchema = z.object({
  step: z.enum([...testSteps, 'end']),
  state: z.enum(['running', 'ok', 'failed', 'skipped']),
  milliseconds: z.number().int(),
  /** What happened, in words, and what to do about it; empty where there is nothing to say. */
  message: z.string(),
  cure: z.string(),
});
export type TestLine = z.infer<typeof testLineSchema>;

export const testResultSchema = z.object({ at: timestampSchema, by: z.string(), moduleSha256: z.string(), lines: z.array(testLineSchema) });
export type TestResult = z.infer<typeof testResultSchema>;

/** What is tested before it is saved: the form as it stands, and the module that was uploaded for it. */
export const providerTrialSchema = providerRequestSchema.extend({
  moduleSha256: z.string(mustBe('text')).regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of an uploaded module.').optional(),
  /** Of a saved provider: where a key whose value is null, the settings and the module come from when they are left out. */
  providerId: idSchema.optional(),
});
export type ProviderTrial = z.infer<typeof providerTrialSchema>;

const halfHourSchema = z.object({ at: timestampSchema, good: z.number().int(), slow: z.number().int(), failed: z.number().int() });
export type HalfHour = z.infer<typeof halfHourSchema>;

export const providerHealthSchema = z.object({
  /** The last day, oldest first: 48 half hours, each by its beginning. */
  halfHours: z.array(halfHourSchema),
  /** How long those calls took that succeeded, in milliseconds, right to a tenth; left out while there were none. */
  milliseconds: z.object({ p50: z.number(), p99: z.number() }).optional(),
  /** After how many seconds its provider object is made anew, 0: never; left out until its plugin was started. */
  renewedSeconds: z.number().int().optional(),
  /** What its process may use at most: its own settings, over those of this server, over the defaults. Left out for the built-in one. */
  limits: z.object({ heapMb: z.number().int(), callSeconds: z.number().int() }).optional(),
  /** How its process is contained on this server; empty while that is not known. */
  containment: z.object({ tier: z.enum(['plain', 'own-user', 'bubblewrap', '']), title: z.string(), protects: z.array(z.string()), doesNot: z.array(z.string()), reasons: z.array(z.string()) }),
  /** The last of what its plugin printed on this server, without the values that are known. */
  output: z.string(),
  lastTest: testResultSchema.optional(),
});
export type ProviderHealthView = z.infer<typeof providerHealthSchema>;

/** What a plugin printed on the server that answers, oldest first; the values that are known are left out of it. */
export const providerLogSchema = z.object({
  /** When it was looked at. */
  at: timestampSchema,
  printed: z.array(z.object({ at: timestampSchema, text: z.string() })),
});
export type ProviderLog = z.infer<typeof providerLogSchema>;

/** A secret on a provider. */
export const providerUserSchema = z.object({
  id: idSchema,
  secret_key: z.string(),
  short_name: z.string(),
  algorithm: z.object({ id: idSchema, owner: z.string(), name: z.string() }),
  modified: timestampSchema,
});
export type ProviderUser = z.infer<typeof providerUserSchema>;

export const providerUsersSchema = pageOf(providerUserSchema).extend({
  /** Of all pages. */
  total: z.number().int(),
  /** In how many algorithms they are; null where there are too many secrets to count that. */
  algorithms: z.number().int().nullable(),
});
export type ProviderUsers = z.infer<typeof providerUsersSchema>;

export type ProviderRequest = z.infer<typeof providerRequestSchema>;
export type ProviderView = z.infer<typeof providerSchema>;

export const factoryCandidateSchema = z.object({
  className: z.string(),
  usable: z.boolean(),
  /** Why it cannot be used. */
  reason: z.string().optional(),
  javaVersion: z.number(),
  configurationKeys: z.array(z.string()),
});

/** A module that no provider has yet, with what inspecting it found. */
export const looseModuleSchema = z.object({
  sha256: z.string(),
  fileName: z.string(),
  /** Bytes. */
  size: z.number().int(),
  title: z.string(),
  version: z.string(),
  /** What an admin should know, in sentences. */
  notes: z.array(z.string()),
  candidates: z.array(factoryCandidateSchema),
  /** How many classes it has, the newest Java that one of them was built for, and whether it brings the SDK's own. */
  classes: z.number().int(),
  javaVersion: z.number().int(),
  sdkBundled: z.boolean(),
  /** Why it cannot run with the Java of this server, which Java it needs, and what to do; empty when it can. */
  javaProblem: z.string(),
});
export type LooseModule = z.infer<typeof looseModuleSchema>;

/** A module that a provider has or had, with what inspecting it found. */
export const keptModuleSchema = looseModuleSchema.extend({
  uploaded: timestampSchema,
  /** A username. */
  uploadedBy: z.string(),
  isCurrent: z.boolean(),
});
export type KeptModule = z.infer<typeof keptModuleSchema>;

export const moduleChoiceSchema = z.object({
  sha256: z.string(mustBe('text')).regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of an uploaded module.'),
  /** What its file was called when it was uploaded for this; the name that is known already where it is left out. */
  fileName: label(255).optional(),
});
