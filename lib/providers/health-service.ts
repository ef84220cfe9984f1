import type { Caller } from '@/lib/auth/caller';
import { demand } from '@/lib/auth/permissions';
import { addCounts, quantileOf } from '@/lib/providers/durations';
import { foundProvider } from '@/lib/providers/found';
import { writeHealth } from '@/lib/providers/health';
import * as healthStore from '@/lib/providers/health-store';
import { machine, outputOf, settingsOf } from '@/lib/providers/hosts';
import { testResultSchema, type HalfHour, type ProviderHealthView, type ProviderLog } from '@/lib/schemas/provider';
import type { ProviderSettings } from '@/lib/schemas/provider-settings';
import { timestamp } from '@/lib/time';

const halfHourMs = 30 * 60_000;
const shownHalfHours = 48;
/** Of what a plugin printed; the rest of the 64 KB is in its log. */
const shownOutput = 16_384;

type Counts = Pick<ProviderHealthView, 'halfHours' | 'milliseconds'>;

/** The beginning of the first half hour that is shown, in milliseconds. */
const firstShown = () => Math.floor(Date.now() / halfHourMs) * halfHourMs - (shownHalfHours - 1) * halfHourMs;

/** 48 half hours with their counts, and how long calls took. */
function countsFrom(first: number, rows: readonly healthStore.HalfHour[]): Counts {
  const counted = new Map(rows.map((row) => [row.bucket.getTime(), row]));
  const halfHours = Array.from({ length: shownHalfHours }, (_, index): HalfHour => {
    const at = first + index * halfHourMs;
    const { good = 0, slow = 0, failed = 0 } = counted.get(at) ?? {};
    return { at: timestamp(new Date(at)), good, slow, failed };
  });
  const durations = rows.reduce<number[]>((sum, row) => addCounts(sum, row.durations), []);
  const [p50, p99] = [quantileOf(durations, 0.5), quantileOf(durations, 0.99)];
  return { halfHours, ...(p50 !== undefined && p99 !== undefined && { milliseconds: { p50, p99 } }) };
}

/** How a provider's calls went over the last day, how its plugin is contained on this server, and what it printed lately. */
export async function getHealth(caller: Caller, id: string): Promise<ProviderHealthView> {
  demand(caller, 'provider.see');
  const row = await foundProvider(id);
  await writeHealth();
  const first = firstShown();
  const [rows, known, printed] = await Promise.all([healthStore.listHealth(id, new Date(first)), healthStore.findKnown(id), outputOf(id)]);
  const lastTest = testResultSchema.safeParse(known?.lastTest);
  const ttl = ttlOf(known?.capabilities);
  const isPlugin = row.kind !== 'internal';
  const { heapMb, callTimeoutMs } = settingsOf(row.settings as ProviderSettings);
  return {
    ...countsFrom(first, rows),
    ...(isPlugin && ttl !== undefined && { renewedSeconds: ttl }),
    ...(isPlugin && { limits: { heapMb, callSeconds: Math.round(callTimeoutMs / 1_000) } }),
    containment: isPlugin ? await containmentHere() : notContained([]),
    output: printed.map(({ text }) => text).join('').slice(-shownOutput),
    ...(lastTest.success && { lastTest: lastTest.data }),
  };
}

/** For the list: of each provider its day, and when it was tested last. */
export async function listHealthOfAll(caller: Caller): Promise<Map<string, Counts & { tested?: string }>> {
  demand(caller, 'provider.see');
  await writeHealth();
  const first = firstShown();
  const [rows, tests] = await Promise.all([healthStore.listHealth(undefined, new Date(first)), healthStore.listTestTimes()]);
  return new Map(
    [...tests].map(([id, lastTest]) => {
      const test = testResultSchema.safeParse(lastTest);
      return [id, { ...countsFrom(first, rows.filter(({ providerId }) => providerId === id)), ...(test.success && { tested: test.data.at }) }];
    }),
  );
}

/** The last 64 KB of what a provider's plugin printed on this server, tests included. */
export async function getLog(caller: Caller, id: string): Promise<ProviderLog> {
  demand(caller, 'provider.see');
  await foundProvider(id);
  const printed = await outputOf(id);
  return { at: timestamp(new Date()), printed: printed.map(({ at, text }) => ({ at: timestamp(new Date(at)), text })) };
}

function ttlOf(capabilities: unknown): number | undefined {
  return typeof capabilities === 'object' && capabilities !== null && 'ttl' in capabilities && typeof capabilities.ttl === 'number' ? capabilities.ttl : undefined;
}

const notContained = (reasons: string[]) => ({ tier: '' as const, title: '', protects: [], doesNot: [], reasons });

async function containmentHere(): Promise<ProviderHealthView['containment']> {
  try {
    const { tier, title, protects, doesNot, reasons } = (await machine()).containment;
    return { tier, title, protects, doesNot, reasons };
  } catch (error) {
    return notContained([error instanceof Error ? `${error.message}${'cure' in error && typeof error.cure === 'string' ? ` ${error.cure}` : ''}` : 'unknown']);
  }
}
