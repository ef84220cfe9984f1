import { expect, test } from 'vitest';
import { z } from 'zod';
import { faultMessage, fieldFaults } from '@/lib/schemas/faults';

const messageFor = (schema: z.ZodType, sent: unknown) => faultMessage(fieldFaults(schema.safeParse(sent).error?.issues ?? []));

test('a name that a client made up is repeated, and only its beginning when it is long', () => {
  const long = 'n'.repeat(100_000);
  expect(messageFor(z.strictObject({}), { colour: 1 })).toBe('The body has fields that are not known here: colour. Leave them out.');
  expect(messageFor(z.strictObject({}), { [long]: 1 }).length).toBeLessThan(300);
  expect(messageFor(z.record(z.string(), z.string('must be text.')), { [long]: 1 })).toMatch(/^n{100}… must be text\.$/);
});
