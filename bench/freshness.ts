import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { askAgent } from '@/worker/agent-client';
import type { Bench } from './support/figure';
import { percentile } from './support/statistics';
import { Subject } from './support/subject';

const changes = 200;

/** From the answer to a change until a start through the agent has the new value; and whether any start had an older one. */
export const freshness: Bench = async ({ folder, say }) => {
  const subject = await Subject.start(folder);
  try {
    const algorithms = await subject.algorithms('Fresh', 10, 20, () => randomBytes(48).toString('base64'));
    const agent = path.join(subject.product.dataDir, 'worker');
    const times: number[] = [];
    let stale = 0;
    for (let change = 0; change < changes; change++) {
      const { id, owner, name, secrets } = algorithms[change % algorithms.length] ?? { id: '', owner: '', name: '', secrets: [] };
      const which = Math.floor(change / algorithms.length) % secrets.length;
      const value = randomBytes(48).toString('base64');
      await subject.call('PUT', `/v1/algorithms/${id}/secrets/${secrets[which] ?? ''}`, { short_name: 'Changed', secret_value: value });
      const answered = performance.now();
      for (;;) {
        const reply = await askAgent(agent, { op: 'start', owner, name });
        if (!('env' in reply)) throw new Error('error' in reply ? reply.error : 'the agent answered with something else');
        if (reply.env[`SECRET_${which}`] === value) break;
        stale++;
        if (performance.now() - answered > 30_000) throw new Error('A change was not there after 30 s');
      }
      times.push(performance.now() - answered);
    }
    times.sort((a, b) => a - b);
    say(`  p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms, longest ${times.at(-1)?.toFixed(1)} ms`);
    return [{
      name: 'change to visible in the next start, p99',
      target: { kind: 'at most', value: 1, unit: 's' },
      measured: percentile(times, 0.99) / 1000,
      details: `${changes} changes, p50 ${percentile(times, 0.5).toFixed(0)} ms, longest ${times.at(-1)?.toFixed(0)} ms; ${stale} starts had the value before`,
    }];
  } finally {
    await subject.stop();
  }
};
