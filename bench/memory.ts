import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartName } from '@/e2e/support/product';
import type { Bench } from './support/figure';
import { Subject } from './support/subject';

const settleMs = 10_000;

async function residentMegabytes(subject: Subject, part: PartName): Promise<number> {
  const pid = await subject.product.pidOf(part);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1000;
}

/** Resident memory of the processes, idle after a start, a sign-in, a page and a few hundred requests. */
export const memory: Bench = async ({ folder, say }) => {
  const subject = await Subject.start(folder);
  try {
    const [algorithm] = await subject.algorithms('Idle', 1, 20, () => 'a value');
    for (let n = 0; n < 200; n++) await subject.call('GET', `/v1/algorithms/${algorithm?.id}/secrets`);
    await fetch(`${subject.product.url}/sign-in`).then((answer) => answer.text());
    await sleep(settleMs);
    const parts = { web: 300, worker: 80, delivery: undefined, supervisor: undefined } as const;
    const megabytes = Object.fromEntries(await Promise.all(Object.keys(parts).map(async (part) => [part, await residentMegabytes(subject, part as PartName)] as const)));
    say(`  ${Object.entries(megabytes).map(([part, size]) => `${part} ${size.toFixed(0)} MB`).join(', ')}`);
    const others = `delivery ${megabytes.delivery?.toFixed(0)} MB, supervisor ${megabytes.supervisor?.toFixed(0)} MB`;
    return [
      { name: 'web server, idle', target: { kind: 'at most', value: 300, unit: 'MB' }, measured: megabytes.web ?? Number.NaN, details: `resident; ${others}` },
      { name: 'agent, idle', target: { kind: 'at most', value: 80, unit: 'MB' }, measured: megabytes.worker ?? Number.NaN, details: 'resident' },
    ];
  } finally {
    await subject.stop();
  }
};
