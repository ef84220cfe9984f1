import { isApiKeyForm } from '@/lib/crypto/api-key';

/**
 * Whether a name out of a path may be repeated in a message: when it has the form of one. People paste values and keys
 * into the wrong place, and a message may end in somebody's log.
 */
export function isRepeatable(name: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9_]{0,59}$/.test(name) && !isApiKeyForm(name);
}

/** `user named ana`, or `user of this name` where the name may not be repeated. */
export function named(kind: string, name: string): string {
  return isRepeatable(name) ? `${kind} named ${name}` : `${kind} of this name`;
}
