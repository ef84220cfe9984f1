import { openRecord, sealRecord } from '@/lib/crypto/record';
import { ApiError } from '@/lib/errors';
import { serverKeyring } from '@/lib/server-keyring';

/** Seals a provider's key-value pairs under the server keyring, bound to the provider's id. */
export function sealConfiguration(providerId: string, pairs: Record<string, string>): Buffer {
  return sealRecord(serverKeyring(), providerId, Buffer.from(JSON.stringify(pairs), 'utf8'));
}

/** Opens a provider’s key-value pairs, for whoever starts its plugin. */
export function openConfiguration(providerId: string, sealed: Uint8Array | null): Record<string, string> {
  if (!sealed) return {};
  return JSON.parse(openRecord(serverKeyring(), providerId, sealed).toString('utf8')) as Record<string, string>;
}

/**
 * The pairs to store: as sent, but a key whose value is null keeps what is stored, so that a form is saved without ever
 * reading a value back. Throws InputValidationError for a null with nothing stored under it.
 */
export function mergeConfiguration(providerId: string, stored: Uint8Array | null, sent: Record<string, string | null>): Record<string, string> {
  const nulls = Object.entries(sent).filter(([, value]) => value === null);
  const before = nulls.length > 0 ? openConfiguration(providerId, stored) : {};
  const merged: Record<string, string> = {};
  for (const [key, value] of Object.entries(sent)) {
    const kept = value ?? (Object.hasOwn(before, key) ? before[key] : undefined);
    if (kept === undefined) throw new ApiError('InputValidationError', `configuration.${key} has no stored value to keep. Send its value.`);
    merged[key] = kept;
  }
  return merged;
}
