import { expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { providerSettingsSchema } from '@/lib/schemas/provider-settings';

const certificate = '-----BEGIN CERTIFICATE-----\nMC4=\n-----END CERTIFICATE-----\n';
const accepts = (extraCaPem: string) => providerSettingsSchema.safeParse({ extraCaPem }).success;

test('a bundle of certificates is taken, with words before each', () => {
  expect(accepts(certificate)).toBe(true);
  expect(accepts(`# One\n${certificate}\n# Another\r\n${certificate}\n\n`)).toBe(true);
});

test('a long bundle with a private key behind it is refused at once', () => {
  const began = performance.now();
  expect(accepts(`${certificate.repeat(30)}-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----`)).toBe(false);
  // Looked at in every way that it could be divided, it takes half a minute.
  expect(performance.now() - began).toBeLessThan(slowed(5_000));
});
