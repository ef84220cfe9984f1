import { describe, expect, it } from 'vitest';

import { apiKeyLookup, apiKeyMask, generateApiKey, isApiKeyForm } from '@/lib/crypto/api-key';
import { generateSeed } from '@/lib/crypto/keys';

describe('An API key', () => {
  it('is sim and 25 letters of base 62, and never the same twice', () => {
    const keys = Array.from({ length: 5_000 }, generateApiKey);
    for (const key of keys) {
      expect(key).toMatch(/^sim[0-9A-Za-z]{25}$/);
      expect(isApiKeyForm(key)).toBe(true);
    }
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('uses every letter equally often', () => {
    const counts = new Map<string, number>();
    const total = 8_000 * 25;
    for (let made = 0; made < 8_000; made += 1) {
      for (const letter of generateApiKey().slice(3)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const expected = total / 62;
    let chiSquare = 0;
    for (const count of counts.values()) chiSquare += (count - expected) ** 2 / expected;
    expect(counts.size).toBe(62);
    // 61 degrees of freedom: above 140 in one run of ten million. byte % 62 would give thousands.
    expect(chiSquare).toBeLessThan(140);
  });

  it('has no other form', () => {
    const others = ['', 'sim', `sim${'a'.repeat(24)}`, `sim${'a'.repeat(26)}`, `SIM${'a'.repeat(25)}`];
    for (const text of [...others, `sim${'a'.repeat(24)}-`, `sim${'a'.repeat(25)}\n`]) {
      expect(isApiKeyForm(text)).toBe(false);
    }
  });

  it("is found by a lookup that only this keyring's key makes", () => {
    const [ours, theirs, key] = [generateSeed(), generateSeed(), generateApiKey()];
    expect(apiKeyLookup(ours, key)).toHaveLength(32);
    expect(apiKeyLookup(ours, key).equals(apiKeyLookup(ours, key))).toBe(true);
    expect(apiKeyLookup(ours, key).equals(apiKeyLookup(theirs, key))).toBe(false);
    expect(apiKeyLookup(ours, key).equals(apiKeyLookup(ours, generateApiKey()))).toBe(false);
  });

  it('shows seven of its 25 random letters in its mask', () => {
    expect(apiKeyMask('simABCDEFGHIJKLMNOPQRSTUVWXY')).toBe('simABC…VWXY');
  });
});
