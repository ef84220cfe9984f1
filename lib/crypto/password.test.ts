import { describe, expect, it } from 'vitest';

import { hashPassword, verifyAgainstNobody, verifyPassword } from '@/lib/crypto/password';

/** Microseconds of CPU, all threads. */
async function cost(attempt: () => Promise<boolean>): Promise<number> {
  const start = process.cpuUsage();
  expect(await attempt()).toBe(false);
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

describe('A password', () => {
  it('is hashed with Argon2id, 19 MiB, two passes, one lane, and a salt of its own', async () => {
    const [one, two] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword(one, 'correct horse')).toBe(true);
    expect(await verifyPassword(one, 'correct horsE')).toBe(false);
    expect(await verifyPassword(one, '')).toBe(false);
  });

  it('is never right for a stored hash that is none', async () => {
    for (const stored of ['', 'x', '$argon2id$', '$2b$10$abcdefghijklmnopqrstuv']) {
      expect(await verifyPassword(stored, 'x')).toBe(false);
    }
  });

  it('of an unknown name is wrong, and takes the work of a known one', async () => {
    const stored = await hashPassword('correct horse');
    let [known, unknown] = [Infinity, Infinity];
    // The least of several, taken in turn: what else the machine does only adds.
    for (let round = 0; round < 12; round += 1) {
      known = Math.min(known, await cost(() => verifyPassword(stored, 'wrong')));
      unknown = Math.min(unknown, await cost(() => verifyAgainstNobody('wrong')));
    }
    expect(unknown / known).toBeGreaterThan(0.7);
    expect(unknown / known).toBeLessThan(1.4);
  });
});
