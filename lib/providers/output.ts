import { lastOf, type Printed } from '@/lib/plugins/host/stderr-tail';

/** Of one provider, in characters. */
const mostKept = 64 * 1024;

// Next's bundle and the directly mounted routes are two copies of this module in one process: they share what was printed.
const shared = globalThis as typeof globalThis & { secretStoreOutput?: Map<string, Printed[]> };

function ended(): Map<string, Printed[]> {
  shared.secretStoreOutput ??= new Map();
  return shared.secretStoreOutput;
}

/**
 * Keeps what a plugin's process printed, in memory and redacted as it was, when the process ends: it is then that somebody
 * wants to know why.
 */
export function keepOutput(providerId: string, printed: readonly Printed[]): void {
  if (printed.length > 0) ended().set(providerId, merged(endedOutput(providerId), printed));
}

export function endedOutput(providerId: string): readonly Printed[] {
  return ended().get(providerId) ?? [];
}

export function forgetOutput(providerId: string): void {
  ended().delete(providerId);
}

/** What several processes of a provider printed, in the order of time. */
export function merged(...outputs: (readonly Printed[])[]): Printed[] {
  return lastOf(outputs.flat().sort((one, other) => one.at - other.at), mostKept);
}
