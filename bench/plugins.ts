import { execFile, spawn } from 'node:child_process';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PluginClient } from '@/lib/plugins/host/plugin-client';
import { resourcesOf } from '@/lib/plugins/host/process-table';
import { TestClients, testContainment, testJava } from '@/lib/plugins/host/testing/clients';
import type { Bench, Figure } from './support/figure';
import { inTurns } from './support/rounds';
import { median } from './support/statistics';

const run = promisify(execFile);
const value = 'v'.repeat(64);
const calls = 2_000;
const inFlight = 64;

/** A provider that keeps values in memory: what is measured is the host, not a backend. */
const memory = (clients: TestClients) => clients.make('wrong', { wrong: 'nothing' });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** `cat`, asked one line at a time: what two pipes and two processes cost at least. */
function bareEcho() {
  const cat = spawn('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = `${JSON.stringify({ jsonrpc: '2.0', id: 1, result: { value, ttl: 0 } })}\n`;
  const ask = () =>
    new Promise<void>((resolve) => {
      let length = 0;
      const take = (chunk: Buffer) => {
        length += chunk.length;
        if (length < line.length) return;
        cat.stdout.off('data', take);
        resolve();
      };
      cat.stdout.on('data', take);
      cat.stdin.write(line);
    });
  return { ask, pid: cat.pid ?? 0, end: () => cat.kill() };
}

const oneByOne = (ask: () => Promise<unknown>) => async () => {
  const ms = await timed(async () => {
    for (let i = 0; i < calls; i++) await ask();
  });
  return (ms * 1_000) / calls;
};

/** Keeps a process, all its threads, on these processors. */
const keepOn = (processors: string, pid: number) => run('taskset', ['-a', '-c', '-p', processors, String(pid)]);

/**
 * Waking a process on another processor takes ten times what an echo costs, and Linux puts one beside its caller or elsewhere as it
 * happens. So both are kept on one processor, ours or the other.
 */
async function latency(client: PluginClient, providerKey: string, where: 'the same processor' | 'another processor'): Promise<Figure> {
  const echo = bareEcho();
  const pids = [echo.pid, client.status().pid ?? 0];
  const things = { host: oneByOne(() => client.getSecret(providerKey)), bare: oneByOne(echo.ask) };
  try {
    await keepOn('0', process.pid);
    for (const pid of pids) await keepOn(where === 'another processor' ? '1' : '0', pid);
    await inTurns(3, things);
    const times = await inTurns(9, things);
    const [host, bare] = [median(times.host), median(times.bare)];
    return { name: `a value through a plugin host ÷ a bare stdio echo, both on ${where}`, target: { kind: 'at most', value: 5, unit: '×' }, measured: host / bare, details: `${host.toFixed(0)} µs ÷ ${bare.toFixed(0)} µs (cat), one at a time` };
  } finally {
    echo.end();
    for (const pid of [process.pid, client.status().pid ?? 0]) await keepOn(`0-${os.cpus().length - 1}`, pid);
  }
}

async function throughput(client: PluginClient, providerKey: string): Promise<Figure> {
  const total = 20_000;
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    let left = total;
    const ms = await timed(() =>
      Promise.all(
        Array.from({ length: inFlight }, async () => {
          while (left-- > 0) await client.getSecret(providerKey);
        }),
      ),
    );
    rates.push((total * 1_000) / ms);
  }
  return { name: `values through one host, ${inFlight} in flight`, target: { kind: 'at least', value: 10_000, unit: '/s' }, measured: median(rates), details: `median of ${rates.length} × ${total}` };
}

async function start(clients: TestClients): Promise<Figure> {
  const java = await testJava();
  // Compared with a JVM in the same mode, which says its version and ends.
  const version = () => timed(() => run(java.program, ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-version'], { env: { NODE_ENV: 'production', LANG: 'C.UTF-8' } }));
  const first = async () => {
    const client = await memory(clients);
    const ms = await timed(() => client.capabilities());
    await client.stop();
    return ms;
  };
  await inTurns(2, { first, version });
  const times = await inTurns(9, { first, version });
  const [ours, bare] = [median(times.first), median(times.version)];
  return { name: 'start of a host to its first answer, above java -version', target: { kind: 'at most', value: 150, unit: 'ms' }, measured: ours - bare, details: `${ours.toFixed(0)} ms − ${bare.toFixed(0)} ms; module loaded, provider created` };
}

async function idle(clients: TestClients): Promise<Figure> {
  const client = await memory(clients);
  const { providerKey } = await client.createSecret(value);
  await client.getSecret(providerKey);
  await sleep(2_000);
  const { residentBytes } = resourcesOf(client.status().pid ?? 0);
  return { name: 'an idle host, resident', target: { kind: 'at most', value: 60, unit: 'MB' }, measured: residentBytes / 1e6, details: 'after a create and a read' };
}

async function ten(clients: TestClients): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const all = await Promise.all(Array.from({ length: 10 }, () => memory(clients)));
    times.push(await timed(() => Promise.all(all.map((client) => client.createSecret(value)))));
    await Promise.all(all.map((client) => client.stop()));
  }
  return { name: 'ten providers started at once, a value stored in each', target: { kind: 'at most', value: 3, unit: 's' }, measured: median(times) / 1_000, details: `median of ${times.length}` };
}

/** The plugin host: what it costs to start, to keep and to ask. */
export const plugins: Bench = async ({ say }) => {
  const clients = new TestClients();
  await testContainment('plain');
  try {
    const client = await memory(clients);
    const { providerKey } = await client.createSecret(value);
    const figures: Figure[] = [];
    for (const measure of [() => latency(client, providerKey, 'the same processor'), () => latency(client, providerKey, 'another processor'), () => throughput(client, providerKey), () => start(clients), () => idle(clients), () => ten(clients)]) {
      const figure = await measure();
      say(`  ${figure.name}: ${figure.measured.toFixed(1)} ${figure.target.unit} (${figure.details})`);
      figures.push(figure);
    }
    return figures;
  } finally {
    await clients.end();
  }
};
