import { log } from '@/lib/log';
import { addTally, type Tally } from '@/lib/providers/health-store';
import type { Capabilities } from '@/lib/providers/provider';

/** A call that takes longer is counted as slow. */
const slowMs = 2_000;
const gatherMs = 1_000;

const tallies = new Map<string, Tally>();
let timer: NodeJS.Timeout | undefined;
let writing: Promise<void> = Promise.resolve();

function tallyOf(providerId: string): Tally {
  const known = tallies.get(providerId);
  if (known) return known;
  const tally: Tally = { good: 0, slow: 0, failed: 0, lastError: '', lastErrorAt: undefined, lastGoodAt: undefined, capabilities: undefined };
  tallies.set(providerId, tally);
  timer ??= setTimeout(() => void writeHealth(), gatherMs).unref();
  return tally;
}

/** A call of a provider's plugin was answered. Gathered for a second, then counted in the database. */
export function recordSuccess(providerId: string, milliseconds: number): void {
  const tally = tallyOf(providerId);
  if (milliseconds > slowMs) tally.slow++;
  else tally.good++;
  tally.lastGoodAt = new Date();
}

/** A call failed; `message` may be shown to administrators. */
export function recordFailure(providerId: string, message: string): void {
  const tally = tallyOf(providerId);
  tally.failed++;
  tally.lastError = message;
  tally.lastErrorAt = new Date();
}

/** What a plugin said it allows, when it was started. */
export function recordCapabilities(providerId: string, capabilities: Capabilities): void {
  tallyOf(providerId).capabilities = { ...capabilities };
}

/** What was known of a provider's health is of what ran before. */
export function forgetHealth(providerId: string): void {
  tallies.delete(providerId);
}

/** Writes what was gathered, now; resolves when it is in the database. */
export function writeHealth(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  writing = writing.then(async () => {
    const gathered = [...tallies];
    tallies.clear();
    for (const [providerId, tally] of gathered) await addTally(providerId, tally).catch(() => log.warn({ providerId }, 'the health of a provider could not be counted'));
  });
  return writing;
}
