import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { projectRoot } from '@/server/root';
import { Loader } from './load/loader';
import { OrdinaryClients, type OrdinaryRequest } from './load/ordinary';
import type { Bench, Figure } from './support/figure';
import { inTurns, ratio } from './support/rounds';
import { median } from './support/statistics';
import { Subject } from './support/subject';

const clients = 32;
const rounds = 5;
const milliseconds = 3_000;
const secrets = 20;

/**
 * Audited fetches of a bundle of twenty secrets, beside a bare Fastify route that answers as many bytes: with clients that
 * cost next to nothing, and with those of an ordinary load tool.
 */
export const fetch20: Bench = async ({ folder, say }) => {
  const loader = new Loader();
  const ordinary = new OrdinaryClients();
  const subject = await Subject.start(folder);
  try {
    const algorithms = await subject.algorithms('Fetched', 10, secrets, () => randomBytes(48).toString('base64'));
    const bytes = await bundleBytes(subject, algorithms[0]?.id ?? '');
    const bare = await startBare(bytes);
    try {
      const servers: Record<'bundle' | 'bare', { port: number; requests: OrdinaryRequest[] }> = {
        bundle: { port: subject.deliveryPort, requests: algorithms.map(({ owner, name }) => ({ method: 'POST', path: '/worker/v1/starts', headers: subject.workerHeaders, body: JSON.stringify({ owner, name }) })) },
        bare: { port: bare.port, requests: [{ method: 'GET', path: '/' }] },
      };
      const tell = (what: string, { perSecond, p50, p99 }: { perSecond: number; p50: number; p99: number }) => {
        say(`  ${what}: ${perSecond.toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
        return perSecond;
      };
      const light = (name: keyof typeof servers) => async () => {
        const { port, requests } = servers[name];
        return tell(name, await loader.run({ kind: 'http', clients, milliseconds, port, units: requests.map((request) => [request]) }));
      };
      const usual = (name: keyof typeof servers) => async () => tell(`${name}, autocannon`, await ordinary.run({ ...servers[name], clients, seconds: milliseconds / 1000 }));
      const things = { bundle: light('bundle'), bare: light('bare'), usualBundle: usual('bundle'), usualBare: usual('bare') };
      await inTurns(1, things);
      const rates = await inTurns(rounds, things);
      const figure = (name: string, ours: number[], theirs: number[]): Figure => ({
        name,
        target: { kind: 'at least', value: 0.2, unit: '×' },
        measured: ratio(ours, theirs),
        details: `${median(ours).toFixed(0)}/s ÷ ${median(theirs).toFixed(0)}/s, ${secrets} secrets, ${bytes} bytes, ${clients} clients, every fetch audited`,
      });
      return [
        figure('bundle fetch ÷ bare Fastify route', rates.bundle, rates.bare),
        figure('bundle fetch ÷ bare Fastify route, autocannon', rates.usualBundle, rates.usualBare),
      ];
    } finally {
      bare.stop();
    }
  } finally {
    loader.close();
    ordinary.close();
    await subject.stop();
  }
};

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
