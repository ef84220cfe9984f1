import type { z } from 'zod';
import type { ErrorName } from '@/lib/errors';

const missing = (issue: z.core.$ZodIssue) => issue.code === 'invalid_type';

/** Which of the contract's errors a secret's body is that does not fit: malformed, without its value, or out of bounds. */
export function malformedSecret(issues: readonly z.core.$ZodIssue[], body: unknown): ErrorName {
  const ofType = issues.filter(missing);
  if (ofType.length === 0) return 'SecretMetadataConstraintViolation';
  const value = typeof body === 'object' && body !== null && 'secret_value' in body ? body.secret_value : undefined;
  const valueIsAbsent = value === undefined || value === null;
  return valueIsAbsent && ofType.every((issue) => issue.path[0] === 'secret_value') ? 'CreateRequiresSecretValue' : 'MalformedAlgorithmSecretRequestJson';
}
