import pg from 'pg';
import type { DatabaseSettings } from '@/lib/env';
import { log } from '@/lib/log';

export type Change = { algorithmId: string } | { self: true };

const channel = 'secret_store_changes';

/**
 * Changes as the control plane announces them, over a connection of its own. It only makes things faster: each start asks
 * anyway, and a worker polls while `listening` is false.
 */
export class ChangeFeed {
  readonly #database: DatabaseSettings;
  readonly #subscribers = new Set<(change: Change) => void>();
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;
  listening = false;

  constructor(database: DatabaseSettings) {
    this.#database = database;
  }

  subscribe(subscriber: (change: Change) => void): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  async start(): Promise<void> {
    if (this.#closed) return;
    const client = new pg.Client({ ...this.#database, connectionTimeoutMillis: 2_000, keepAlive: true, application_name: 'secret-store-delivery-feed' });
    this.#client = client;
    client.on('error', () => this.#again(client));
    client.on('end', () => this.#again(client));
    client.on('notification', ({ payload }) => this.#announce(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      this.listening = true;
      this.#failures = 0;
      // What was announced while nobody listened: workers look for themselves.
      this.#tell({ self: true });
    } catch (error) {
      if (this.#failures === 0) log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'changes cannot be listened to; workers poll until they can');
      this.#again(client);
    }
  }

  #announce(payload: string): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(payload);
    } catch {
      return;
    }
    if (typeof parsed !== 'object' || parsed === null) return;
    const algorithmIds = 'algorithmIds' in parsed && Array.isArray(parsed.algorithmIds) ? parsed.algorithmIds : [];
    if ('algorithmId' in parsed) algorithmIds.push(parsed.algorithmId);
    for (const algorithmId of algorithmIds) if (typeof algorithmId === 'string') this.#tell({ algorithmId });
    if ('workers' in parsed) this.#tell({ self: true });
  }

  #tell(change: Change): void {
    for (const subscriber of this.#subscribers) subscriber(change);
  }

  #again(client: pg.Client): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.listening = false;
    client.removeAllListeners('notification');
    client.end().catch(() => undefined);
    if (this.#closed) return;
    const wait = Math.min(5_000, 200 * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    this.#retry = setTimeout(() => void this.start(), wait);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }
}
