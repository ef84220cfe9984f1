import net from 'node:net';
import { percentile } from '../support/statistics';
import type { Job, Outcome } from './job';
import { requestBytes, Wire } from './wire';

/** What a client does over and over. Answers what went wrong, or undefined. */
interface Client {
  unit(index: number): Promise<string | undefined>;
  close(): void;
}

async function httpClients(job: Extract<Job, { kind: 'http' }>): Promise<Client[]> {
  const units = job.units.map((unit) => unit.map(requestBytes));
  return Promise.all(
    Array.from({ length: job.clients }, async (): Promise<Client> => {
      const wire = await Wire.open(job.port);
      return {
        async unit(index) {
          for (const request of units[index % units.length] ?? []) {
            const status = await wire.send(request);
            if (status > 299) return String(status);
          }
          return undefined;
        },
        close: () => wire.close(),
      };
    }),
  );
}

/** A start as `secret-store run` asks for it: a connection of its own, one line each way. */
function askAgent(socket: string, line: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const connection = net.connect(socket);
    const parts: Buffer[] = [];
    connection.on('connect', () => connection.write(line));
    connection.on('data', (part: Buffer) => parts.push(part));
    connection.on('error', reject);
    connection.on('end', () => {
      const answer = Buffer.concat(parts);
      resolve(answer.subarray(0, 11).toString() === '{"ok":true,' && answer.at(-1) === 10 ? undefined : answer.toString('utf8', 0, 200));
    });
  });
}

function agentClients(job: Extract<Job, { kind: 'agent' }>): Client[] {
  const lines = job.questions.map((question) => `${JSON.stringify({ v: 1, op: 'start', ...question })}\n`);
  return Array.from({ length: job.clients }, () => ({
    unit: (index) => askAgent(job.socket, lines[index % lines.length] ?? ''),
    close: () => undefined,
  }));
}

async function run(job: Job): Promise<Outcome> {
  const clients = job.kind === 'http' ? await httpClients(job) : agentClients(job);
  const times: number[] = [];
  const refused: Record<string, number> = {};
  const most = job.mostUnits ?? Number.POSITIVE_INFINITY;
  let next = 0;
  const began = performance.now();
  const until = began + job.milliseconds;
  await Promise.all(
    clients.map(async (client) => {
      while (next < most) {
        const at = performance.now();
        if (at >= until) break;
        const wrong = await client.unit(next++);
        if (wrong === undefined) times.push(performance.now() - at);
        else refused[wrong] = (refused[wrong] ?? 0) + 1;
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const client of clients) client.close();
  times.sort((a, b) => a - b);
  return { done: times.length, seconds, perSecond: times.length / seconds, p50: percentile(times, 0.5), p99: percentile(times, 0.99), refused };
}

process.on('message', (job: Job) => {
  run(job).then(
    (outcome) => process.send?.({ outcome }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
