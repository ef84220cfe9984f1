import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { projectRoot } from '@/server/root';
import { Loader } from './load/loader';
import type { Bench } from './support/figure';
import { inTurns, ratio } from './support/rounds';
import { median } from './support/statistics';
import { Subject } from './support/subject';

const clients = 32;
const rounds = 5;
const milliseconds = 3_000;
const secrets = 20;

/** Audited fetches of a bundle of twenty secrets, beside a bare Fastify route that answers as many bytes. */
export const fetch20: Bench = async ({ folder, say }) => {
  const loader = new Loader();
  const subject = await Subject.start(folder);
  try {
    const algorithms = await subject.algorithms('Fetched', 10, secrets, () => randomBytes(48).toString('base64'));
    const bytes = await bundleBytes(subject, algorithms[0]?.id ?? '');
    const bare = await startBare(bytes);
    try {
      const load = (name: string, port: number, units: Parameters<typeof unitsOf>[0]) => async () => {
        const outcome = await loader.run({ kind: 'http', clients, milliseconds, port, units: unitsOf(units) });
        say(`  ${name}: ${outcome.perSecond.toFixed(0)}/s, p50 ${outcome.p50.toFixed(1)} ms, p99 ${outcome.p99.toFixed(1)} ms`);
        return outcome.perSecond;
      };
      const things = {
        ours: load('bundle', subject.deliveryPort, algorithms.map(({ owner, name }) => ({ method: 'POST', path: '/worker/v1/starts', headers: subject.workerHeaders, body: JSON.stringify({ owner, name }) }))),
        bare: load('bare', bare.port, [{ method: 'GET', path: '/' }]),
      };
      await inTurns(1, things);
      const rates = await inTurns(rounds, things);
      return [{
        name: 'bundle fetch ÷ bare Fastify route',
        target: { kind: 'at least', value: 0.2, unit: '×' },
        measured: ratio(rates.ours, rates.bare),
        details: `${median(rates.ours).toFixed(0)}/s ÷ ${median(rates.bare).toFixed(0)}/s, ${secrets} secrets, ${bytes} bytes, ${clients} clients, every fetch audited`,
      }];
    } finally {
      bare.stop();
    }
  } finally {
    loader.close();
    await subject.stop();
  }
};

interface Request {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

const unitsOf = (requests: Request[]) => requests.map((request) => [request]);

async function bundleBytes(subject: Subject, algorithmId: string): Promise<number> {
  const answer = await fetch(`${subject.product.deliveryUrl}/worker/v1/starts`, { method: 'POST', headers: subject.workerHeaders, body: JSON.stringify({ algorithmId }) });
  return (await answer.arrayBuffer()).byteLength;
}

async function startBare(bytes: number): Promise<{ port: number; stop: () => void }> {
  const child = fork(path.join(projectRoot, 'dist/bench/bare.mjs'), [String(bytes)], { execArgv: [], detached: true });
  const { port } = await new Promise<{ port: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port: number }));
    child.once('exit', () => reject(new Error('the bare server ended')));
  });
  return { port, stop: () => child.disconnect() };
}
