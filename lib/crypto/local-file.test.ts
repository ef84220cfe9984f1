import { describe, expect, it } from 'vitest';

import { EnvelopeError } from '@/lib/crypto/errors';
import { generateSeed } from '@/lib/crypto/keys';
import { openFile, sealFile } from '@/lib/crypto/local-file';

const seed = generateSeed();
const content = Buffer.from('{"bundle":1}');

describe("A worker's own file", () => {
  it('comes back, also when it is empty', () => {
    expect(openFile(seed, 'bundles/a', sealFile(seed, 'bundles/a', content)).equals(content)).toBe(true);
    expect(openFile(seed, 'e', sealFile(seed, 'e', Buffer.alloc(0)))).toHaveLength(0);
  });

  it("does not open under another name, or as another worker's", () => {
    const sealed = sealFile(seed, 'bundles/a', content);
    expect(() => openFile(seed, 'bundles/b', sealed)).toThrow(EnvelopeError);
    expect(() => openFile(generateSeed(), 'bundles/a', sealed)).toThrow(EnvelopeError);
  });

  it('does not open with any bit flipped, or cut anywhere', () => {
    const sealed = sealFile(seed, 'a', content);
    for (let bit = 0; bit < sealed.byteLength * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openFile(seed, 'a', altered), `bit ${bit}`).toThrow(EnvelopeError);
    }
    for (let length = 0; length < sealed.byteLength; length += 1) {
      expect(() => openFile(seed, 'a', sealed.subarray(0, length))).toThrow(EnvelopeError);
    }
  });
});
