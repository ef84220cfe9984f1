import { log } from '@/lib/log';
import { sendNotifications } from '@/lib/secrets/notify-store';

const gatherMs = 5;
let waiting = new Set<string>();

/**
 * Tells the delivery plane, after the commit, that an algorithm's secrets changed. Gathered for a few milliseconds and sent
 * outside the transaction: PostgreSQL lets transactions that notify commit only one after another. Losing one delays
 * nothing but a worker's prefetch, since every start asks for the newest secrets itself.
 */
export function notifyChange(algorithmId: string): void {
  if (waiting.size === 0) setTimeout(send, gatherMs).unref();
  waiting.add(algorithmId);
}

function send(): void {
  const payloads = [...waiting].map((algorithmId) => JSON.stringify({ algorithmId }));
  waiting = new Set();
  sendNotifications(payloads).catch(() => log.warn('a change could not be announced; workers learn of it at the next start'));
}
