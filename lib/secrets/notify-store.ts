import { pool } from '@/lib/db';

/** The channel that delivery listeners listen on. */
const changeChannel = 'secret_store_changes';

/** Sends one notification for each payload. */
export async function sendNotifications(payloads: string[]): Promise<void> {
  await pool().query({ name: 'notify-change', text: 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', values: [changeChannel, payloads] });
}
