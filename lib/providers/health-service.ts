import type { Caller } from '@/lib/auth/caller';
import { demand } from '@/lib/auth/permissions';
import { ApiError } from '@/lib/errors';
import { isId } from '@/lib/ids';
import { writeHealth } from '@/lib/providers/health';
import * as healthStore from '@/lib/providers/health-store';
import { machine, outputOf } from '@/lib/providers/hosts';
import { findProviderRow } from '@/lib/providers/store';
import { testResultSchema, type ProviderHealthView } from '@/lib/schemas/provider';
import { timestamp } from '@/lib/time';

const halfHourMs = 30 * 60_000;
const shownHalfHours = 48;
/** Of what a plugin printed; the rest of the 64 KB is noise on a page. */
const shownOutput = 16_384;

/** How a provider's calls went over the last day, how its plugin is contained on this server, and what it printed lately. */
export async function getHealth(caller: Caller, id: string): Promise<ProviderHealthView> {
  demand(caller, 'provider.see');
  const row = isId(id) ? await findProviderRow(id) : null;
  if (!row) throw new ApiError('SecretProviderNotFound', `No secret provider has the id ${isId(id) ? id : 'given'}. GET /v1/admin/secret-provider lists those there are.`);
  await writeHealth();
  const last = Math.floor(Date.now() / halfHourMs) * halfHourMs;
  const first = last - (shownHalfHours - 1) * halfHourMs;
  const counted = new Map((await healthStore.listHealth(id, new Date(first))).map((each) => [each.bucket.getTime(), each]));
  const halfHours = Array.from({ length: shownHalfHours }, (_, index) => {
    const at = first + index * halfHourMs;
    const { good = 0, slow = 0, failed = 0 } = counted.get(at) ?? {};
    return { at: timestamp(new Date(at)), good, slow, failed };
  });
  const lastTest = testResultSchema.safeParse(await healthStore.findLastTest(id));
  return {
    halfHours,
    containment: row.kind === 'internal' ? notContained([]) : await containmentHere(),
    output: (await outputOf(id)).slice(-shownOutput),
    ...(lastTest.success && { lastTest: lastTest.data }),
  };
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
