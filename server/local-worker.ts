import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { readKeyringFile } from '@/lib/keyring-file';
import { issueJoinToken } from '@/lib/workers/join-token';
import type { DatabaseSettings } from './database-settings';

const minutesToJoin = 10;

/**
 * A one-time token with which the local worker joins and is approved at once: whoever starts the server on this machine
 * is the person who would approve it. Handed over by IPC only; the database keeps its hash.
 */
export async function createLocalJoinToken(settings: DatabaseSettings, keyringFile: string): Promise<string> {
  const keyring = readKeyringFile(keyringFile);
  if (!keyring) throw new Error(`there is no keyring at ${keyringFile}`);
  const { token, hash } = issueJoinToken(keyring, { autoApprove: true });
  const client = new pg.Client({ ...settings, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(
      `INSERT INTO worker_tokens (id, token_hash, auto_approve, expires) VALUES ($1, $2, true, now() + make_interval(mins => $3))`,
      [randomUUID(), hash, minutesToJoin],
    );
  } finally {
    await client.end();
  }
  return token;
}
