import { describe, expect, it } from 'vitest';
import { afterSignIn, endpoints, paths } from '@/lib/paths';

describe('links', () => {
  it('keep what they are made of in one path segment each', () => {
    expect(paths.algorithmSettings('payments', 'fraud_score')).toBe('/algorithms/payments/fraud_score/settings');
    expect(paths.algorithm('a/b', '../c?d')).toBe('/algorithms/a%2Fb/..%2Fc%3Fd');
    expect(endpoints.secret('1', '2')).toBe('/v1/algorithms/1/secrets/2');
  });
});

describe('where a person goes after signing in', () => {
  it.each(['/algorithms', '/algorithms/a/b/settings?x=1', '/admin/secret-store'])('is the page they came for: %s', (wanted) => {
    expect(afterSignIn(wanted)).toBe(wanted);
  });

  it.each([undefined, '', 'https://evil.example', '//evil.example', '/\\evil.example', '/a\\b', 'javascript:alert(1)', '/a\nb', ['/a', '/b']])(
    'is never another site, nor nonsense: %s',
    (wanted) => {
      expect(afterSignIn(wanted)).toBe('/');
    },
  );
});
