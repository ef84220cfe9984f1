import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { socketPath } from '@/worker/socket-path';
import { Loader } from './load/loader';
import type { Job } from './load/job';
import type { Bench } from './support/figure';
import { startOpenBao } from './support/openbao';
import { inTurns, ratio } from './support/rounds';
import { median } from './support/statistics';
import { Subject } from './support/subject';

const clients = 32;
const rounds = 5;
const milliseconds = 3_000;
const secrets = 20;
const algorithms = 10;
const value = () => randomBytes(48).toString('base64');

/** Starts of an application with twenty secrets, beside OpenBao's twenty reads one after another, and its one read of one entry. */
export const starts: Bench = async ({ folder, say }) => {
  const loader = new Loader();
  const bao = await startOpenBao(folder);
  const subject = await Subject.start(folder);
  try {
    const started = await subject.algorithms('Started', algorithms, secrets, value);
    const tags = await Promise.all(started.map(({ id }) => bundleOf(subject, id)));
    const names = Array.from({ length: secrets }, (_, n) => `SECRET_${n}`);
    for (const { name } of started) {
      const values = Object.fromEntries(names.map((key) => [key, value()]));
      await bao.call('POST', `kv/data/${name}/all`, { data: values });
      for (const key of names) await bao.call('POST', `kv/data/${name}/each/${key}`, { data: { value: values[key] } });
    }
    const read = (where: string) => ({ method: 'GET', path: `/v1/kv/data/${where}`, headers: bao.headers });
    const ask = (body: unknown) => ({ method: 'POST', path: '/worker/v1/starts', headers: subject.workerHeaders, body: JSON.stringify(body) });
    const jobs = {
      plane: { kind: 'http', port: subject.deliveryPort, units: started.map(({ owner, name }, index) => [ask({ owner, name, tag: tags[index] })]) },
      bundle: { kind: 'http', port: subject.deliveryPort, units: started.map(({ owner, name }) => [ask({ owner, name })]) },
      agent: { kind: 'agent', socket: socketPath(path.join(subject.product.dataDir, 'worker')), questions: started.map(({ owner, name }) => ({ owner, name })) },
      twenty: { kind: 'http', port: bao.port, units: started.map(({ name }) => names.map((key) => read(`${name}/each/${key}`))) },
      one: { kind: 'http', port: bao.port, units: started.map(({ name }) => [read(`${name}/all`)]) },
    } as const satisfies Record<string, Parameters<typeof whole>[0]>;
    const load = (name: keyof typeof jobs, time: number) => async () => {
      const outcome = await loader.run(whole(jobs[name], time));
      say(`  ${name}: ${outcome.perSecond.toFixed(0)} starts/s, p50 ${outcome.p50.toFixed(1)} ms, p99 ${outcome.p99.toFixed(1)} ms`);
      return outcome.perSecond;
    };
    const each = (time: number) => ({ plane: load('plane', time), bundle: load('bundle', time), agent: load('agent', time), twenty: load('twenty', time), one: load('one', time) });
    await inTurns(1, each(1_000));
    const rates = await inTurns(rounds, each(milliseconds));
    const rate = (name: keyof typeof jobs) => `${median(rates[name]).toFixed(0)}/s`;
    const against = { twenty: { what: '20 reads', bar: 20 }, one: { what: 'one read of one entry', bar: 1 } } as const;
    const ours = { plane: 'starts, worker up to date', bundle: 'starts, whole bundle', agent: "starts through the agent's socket" } as const;
    return (Object.keys(ours) as (keyof typeof ours)[]).flatMap((mine) =>
      (['twenty', 'one'] as const).map((theirs) => ({
        name: `${ours[mine]} ÷ OpenBao, ${against[theirs].what}`,
        target: { kind: 'at least' as const, value: against[theirs].bar, unit: '×' },
        measured: ratio(rates[mine], rates[theirs]),
        details: `${rate(mine)} ÷ ${rate(theirs)}, ${secrets} secrets, ${clients} clients, every start audited`,
      })),
    );
  } finally {
    loader.close();
    await Promise.all([subject.stop(), bao.stop()]);
  }
};

type Part<J> = J extends unknown ? Omit<J, 'clients' | 'milliseconds'> : never;

function whole(part: Part<Job>, time: number): Job {
  return { ...part, clients, milliseconds: time };
}

async function bundleOf(subject: Subject, algorithmId: string): Promise<string> {
  const answer = await fetch(`${subject.product.deliveryUrl}/worker/v1/starts`, { method: 'POST', headers: subject.workerHeaders, body: JSON.stringify({ algorithmId }) });
  const { tag, secrets: sealed } = (await answer.json()) as { tag: string; secrets: unknown[] };
  if (sealed.length !== secrets) throw new Error(`A bundle came with ${sealed.length} secrets in place of ${secrets}`);
  return tag;
}
