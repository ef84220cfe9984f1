import { isDatabaseAway, isDatabaseFull } from '@/lib/db';
import { env } from '@/lib/env';
import { keyringOfDatabase, takeRoom } from '@/lib/health/store';
import { askLocalAgent } from '@/lib/health/local-agent';
import type { Health, PartHealth } from '@/lib/schemas/health';
import { serverKeyring } from '@/lib/server-keyring';

const timeoutMs = 2_000;

function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it did not answer within 2 seconds')), timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function part(check: () => Promise<string | undefined>, trouble: string): Promise<PartHealth> {
  try {
    const message = await within(check());
    return message === undefined ? { status: 'ok' } : { status: 'unavailable', message };
  } catch {
    return { status: 'unavailable', message: trouble };
  }
}

async function database(): Promise<string | undefined> {
  const tied = await keyringOfDatabase();
  if (tied !== undefined && tied !== serverKeyring().id) return 'The keyring is not the one that this database was made with. Put the right keyring.json back.';
  return roomLeft();
}

/** How long an answer about the disk holds: it costs a small write, and health is asked for by anyone. */
const roomMs = { left: 10_000, none: 1_000 };
let room: { until: number; answer: Promise<string | undefined> } | undefined;

/** What is wrong when the database can be read and nothing be stored in it any more. Rejects while it is away. */
function roomLeft(): Promise<string | undefined> {
  if (room && performance.now() < room.until) return room.answer;
  const asked = { until: Number.POSITIVE_INFINITY, answer: lookForRoom() };
  room = asked;
  const holds = (ms: number) => (asked.until = performance.now() + ms);
  asked.answer.then((message) => holds(message === undefined ? roomMs.left : roomMs.none), () => holds(0));
  return asked.answer;
}

async function lookForRoom(): Promise<string | undefined> {
  try {
    await takeRoom();
  } catch (error) {
    if (isDatabaseFull(error)) return 'The disk of the database is full: nothing more can be stored, and starts cannot be recorded. Make room on it.';
    if (isDatabaseAway(error)) throw error;
    // Its user may not make temporary tables: then nothing is known about the disk.
  }
  return undefined;
}

async function delivery(): Promise<string | undefined> {
  const answer = await fetch(`${env().deliveryUrl}/worker/v1/health`, { signal: AbortSignal.timeout(timeoutMs) });
  return answer.ok ? undefined : 'The delivery plane answers, but cannot serve.';
}

async function worker(socket: string): Promise<string | undefined> {
  const { state, message } = await askLocalAgent(socket);
  return state === 'ready' ? undefined : message;
}

/** How every part of this installation is. No part's trouble makes another one's answer late. */
export async function checkHealth(): Promise<Health> {
  const { agentSocket } = env();
  const [databaseHealth, deliveryHealth, workerHealth] = await Promise.all([
    part(database, 'The database does not answer.'),
    part(delivery, 'The delivery plane does not answer.'),
    agentSocket ? part(() => worker(agentSocket), 'The local worker does not answer.') : undefined,
  ]);
  const parts: Health['parts'] = { pages: { status: 'ok' }, api: { status: 'ok' }, database: databaseHealth, delivery: deliveryHealth, ...(workerHealth && { worker: workerHealth }) };
  const ok = Object.values(parts).every(({ status }) => status === 'ok');
  return { status: ok ? 'ok' : 'unavailable', parts };
}
