import { z } from 'zod';

/** Says that something is missing, or what it must be; for the `error` of a schema. The input itself is never quoted. */
export function mustBe(what: string) {
  return { error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing.' : `must be ${what}.`) };
}

/** True for text that PostgreSQL and UTF-8 can hold: no NUL, no half of a surrogate pair. */
export function isPlainText(text: string): boolean {
  if (text.includes('\u0000')) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(i + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
    i++;
  }
  return true;
}

const plain = 'has a character that cannot be stored (NUL, or half of a surrogate pair). Remove it.';

/** Identifying text: trimmed and bounded. Values of secrets never go through here. */
export function label(max: number, min = 1) {
  return z
    .string(mustBe('text'))
    .trim()
    .min(min, min === 1 ? 'is empty. Give it at least one character.' : `needs at least ${min} characters.`)
    .max(max, `is longer than ${max} characters. Shorten it.`)
    .refine(isPlainText, plain);
}

/** Free text that may be blank, such as a description. */
export function note(max: number) {
  return z.string(mustBe('text')).trim().max(max, `is longer than ${max} characters. Shorten it.`).refine(isPlainText, plain);
}

const nameForm = /^[a-zA-Z][a-zA-Z0-9_]*$/;
const nameHelp = 'must begin with a letter and have only letters, digits and underscores.';

function isPlainJson(value: unknown): boolean {
  if (typeof value === 'string') return isPlainText(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isPlainText(name) && isPlainJson(member));
}

/** Any JSON that can be stored and given back. */
export const plainJsonSchema = z.json().refine(isPlainJson, plain);

/** The name of a user or an organization; they share one name space. */
export const accountNameSchema = z.string(mustBe('text')).trim().max(30, 'is longer than 30 characters. Shorten it.').regex(nameForm, nameHelp);

export const algorithmNameSchema = z
  .string(mustBe('text'))
  .trim()
  .max(60, 'is longer than 60 characters. Shorten it.')
  .regex(nameForm, nameHelp)
  .refine((name) => name.toLowerCase() !== 'secrets', 'can’t be "secrets": the path /v1/algorithms/…/secrets is taken. Choose another.');

export const emailSchema = z
  .string(mustBe('text'))
  .trim()
  .max(100, 'is longer than 100 characters.')
  .pipe(z.email('must be an e-mail address such as ana@example.com.'))
  .refine((email) => /\.[a-z]{2,}$/i.test(email), 'needs a domain that ends like .com or .org.');

export const passwordSchema = z
  .string(mustBe('text'))
  .min(8, 'needs at least 8 characters.')
  .max(256, 'is longer than 256 characters.')
  .refine(isPlainText, plain);

export const idSchema = z.uuid();

/** RFC 3339, UTC, no fraction: `2021-03-11T20:42:23Z`. */
export const timestampSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);

export const markerQuerySchema = z.object({
  marker: z.string().max(500, 'is no marker of ours. Take it from the answer before.').optional(),
  limit: z.coerce.number(mustBe('a number from 1 to 500')).int('must be a whole number.').min(1, 'must be 1 or more.').max(500, 'must be 500 or less.').optional(),
});

/** A page of a list; `marker` opens the next one and is absent on the last. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ marker: z.string().nullable(), next_link: z.string().nullable(), results: z.array(item) });
}

export const errorBodySchema = z.object({
  error: z.object({ id: idSchema, code: z.number().int(), message: z.string() }),
});
