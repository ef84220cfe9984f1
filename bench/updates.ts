import { randomBytes } from 'node:crypto';
import { Loader } from './load/loader';
import { eachOf } from './support/each-of';
import type { Bench } from './support/figure';
import { startOpenBao } from './support/openbao';
import { inTurns, ratio } from './support/rounds';
import { median } from './support/statistics';
import { Subject } from './support/subject';

const clients = 32;
const rounds = 5;
const milliseconds = 3_000;
const oneKibibyte = () => randomBytes(768).toString('base64');

/** Audited, durable updates of many secrets over the public API, beside OpenBao's KV version 2 on the same disk. */
export const updates: Bench = async ({ folder, say }) => {
  const loader = new Loader();
  const bao = await startOpenBao(folder);
  const subject = await Subject.start(folder);
  try {
    const algorithms = await subject.algorithms('Updated', 40, 10, oneKibibyte);
    // Neighbours in the list belong to different algorithms.
    const places = Array.from({ length: 10 }, (_, n) => algorithms.map(({ id, secrets }) => ({ id, secret: secrets[n] ?? '' }))).flat();
    const ours = places.map(({ id, secret }, index) => [{
      method: 'PUT',
      path: `/v1/algorithms/${id}/secrets/${secret}`,
      headers: subject.headers,
      body: JSON.stringify({ short_name: `Updated ${index}`, description: ' ', secret_value: oneKibibyte() }),
    }]);
    const theirs = places.map(({ id, secret }) => [{
      method: 'POST',
      path: `/v1/kv/data/${id}/${secret}`,
      headers: bao.headers,
      body: JSON.stringify({ data: { value: oneKibibyte() } }),
    }]);
    await eachOf(places, 16, ({ id, secret }) => bao.call('POST', `kv/data/${id}/${secret}`, { data: { value: oneKibibyte() } }));
    const latency = { ours: [] as number[], theirs: [] as number[] };
    const load = (who: 'ours' | 'theirs', time: number) => async () => {
      const outcome = await loader.run({ kind: 'http', clients, milliseconds: time, ...(who === 'ours' ? { port: subject.port, units: ours } : { port: bao.port, units: theirs }) });
      latency[who].push(outcome.p99);
      say(`  ${who}: ${outcome.perSecond.toFixed(0)} updates/s, p50 ${outcome.p50.toFixed(1)} ms, p99 ${outcome.p99.toFixed(1)} ms`);
      return outcome.perSecond;
    };
    await load('ours', 2_000)();
    await load('theirs', 2_000)();
    const rates = await inTurns(rounds, { ours: load('ours', milliseconds), theirs: load('theirs', milliseconds) });
    return [{
      name: 'updates over the API ÷ OpenBao KV v2',
      target: { kind: 'at least', value: 1.5, unit: '×' },
      measured: ratio(rates.ours, rates.theirs),
      details: `${median(rates.ours).toFixed(0)}/s (p99 ${median(latency.ours).toFixed(0)} ms) ÷ ${median(rates.theirs).toFixed(0)}/s (p99 ${median(latency.theirs).toFixed(0)} ms), 1 KiB, ${clients} clients, ${places.length} secrets`,
    }];
  } finally {
    loader.close();
    await Promise.all([subject.stop(), bao.stop()]);
  }
};
