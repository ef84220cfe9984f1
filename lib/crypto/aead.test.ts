import { describe, expect, it } from 'vitest';

import { aeadOpen, aeadSeal } from '@/lib/crypto/aead';
import wycheproof from '@/lib/crypto/vectors/wycheproof-aes-256-gcm.json';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('AES-256-GCM', () => {
  it.each(wycheproof.tests)('Wycheproof $tcId is $result: $flags $comment', (test) => {
    const opened = aeadOpen(hex(test.key), hex(test.iv), hex(test.aad), hex(test.ct + test.tag));
    if (test.result === 'invalid') {
      expect(opened).toBeUndefined();
    } else {
      expect(opened?.toString('hex')).toBe(test.msg);
      const sealed = aeadSeal(hex(test.key), hex(test.iv), hex(test.aad), hex(test.msg));
      expect(sealed.toString('hex')).toBe(test.ct + test.tag);
    }
  });

  it('a shortened tag is refused', () => {
    const [key, nonce] = [Buffer.alloc(32, 1), Buffer.alloc(12, 2)];
    const sealed = aeadSeal(key, nonce, Buffer.alloc(0), Buffer.alloc(0));
    for (let length = 0; length < 16; length += 1) {
      expect(aeadOpen(key, nonce, Buffer.alloc(0), sealed.subarray(0, length))).toBeUndefined();
    }
  });
});
