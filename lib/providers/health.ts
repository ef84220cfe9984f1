import { log } from '@/lib/log';
import { addTally, type Tally } from '@/lib/providers/health-store';
import { durationClass } from '@/lib/providers/durations';
import type { Capabilities } from '@/lib/providers/provider';

/** A call that takes longer is counted as slow. */
const slowMs = 2_000;
const gatherMs = 1_000;

interface Gathered {
  tallies: Map<string, Tally>;
  timer?: NodeJS.Timeout | undefined;
  writing: Promise<void>;
}

// Next's bundle and the directly mounted routes are two copies of this module in one process: a page that is read right
// after a call shows that call.
const shared = globalThis as typeof globalThis & { secretStoreHealth?: Gathered };

function gathered(): Gathered {
  shared.secretStoreHealth ??= { tallies: new Map(), writing: Promise.resolve() };
  return shared.secretStoreHealth;
}

function tallyOf(providerId: string): Tally {
  const all = gathered();
  const known = all.tallies.get(providerId);
  if (known) return known;
  const tally: Tally = { good: 0, slow: 0, failed: 0, durations: [], lastError: '', lastErrorAt: undefined, failingSince: undefined, lastGoodAt: undefined, capabilities: undefined };
  all.tallies.set(providerId, tally);
  all.timer ??= setTimeout(() => void writeHealth(), gatherMs).unref();
  return tally;
}

/**
 * A call of a provider's plugin was answered. Gathered for a second, then counted in the database. Without `milliseconds` it
 * was something else than a call that works, such as a start: nothing that says how fast the provider is.
 */
export function recordSuccess(providerId: string, milliseconds?: number): void {
  const tally = tallyOf(providerId);
  if ((milliseconds ?? 0) > slowMs) tally.slow++;
  else tally.good++;
  if (milliseconds !== undefined) {
    const at = durationClass(milliseconds);
    while (tally.durations.length <= at) tally.durations.push(0);
    tally.durations[at] = (tally.durations[at] ?? 0) + 1;
  }
  tally.lastGoodAt = new Date();
  tally.failingSince = undefined;
}

/** A call failed; `message` may be shown to administrators. */
export function recordFailure(providerId: string, message: string): void {
  const tally = tallyOf(providerId);
  tally.failed++;
  tally.lastError = message;
  tally.lastErrorAt = new Date();
  tally.failingSince ??= tally.lastErrorAt;
}

/** What a plugin said it allows, and how many seconds its provider object is used, when it was started. */
export function recordCapabilities(providerId: string, { create, update, delete: remove, ttl }: Capabilities & { ttl: number }): void {
  tallyOf(providerId).capabilities = { create, update, delete: remove, ttl };
}

/** What was known of a provider's health is of what ran before. */
export function forgetHealth(providerId: string): void {
  gathered().tallies.delete(providerId);
}

/** Writes what was gathered, now; resolves when it is in the database. */
export function writeHealth(): Promise<void> {
  const all = gathered();
  clearTimeout(all.timer);
  all.timer = undefined;
  all.writing = all.writing.then(async () => {
    const each = [...all.tallies];
    all.tallies.clear();
    for (const [providerId, tally] of each) await addTally(providerId, tally).catch(() => log.warn({ providerId }, 'the health of a provider could not be counted'));
  });
  return all.writing;
}
