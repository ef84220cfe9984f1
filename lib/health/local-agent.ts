import { connect } from 'node:net';
import { z } from 'zod';

const statusSchema = z.object({ ok: z.literal(true), status: z.object({ state: z.string(), message: z.string() }) });
const maxAnswerBytes = 64 * 1024;

/**
 * Asks the agent on its Unix socket how it is: one JSON line each way (worker/local-protocol.ts). Rejects when nothing
 * listens or the answer is not of that form; the caller bounds the time.
 */
export async function askLocalAgent(socket: string): Promise<{ state: string; message: string }> {
  const line = await new Promise<string>((resolve, reject) => {
    const connection = connect(socket, () => connection.write('{"v":1,"op":"status"}\n'));
    let answer = '';
    connection.setEncoding('utf8');
    connection.setTimeout(2_000, () => connection.destroy(new Error('the agent does not answer')));
    connection.on('error', reject);
    connection.on('close', () => reject(new Error('the agent closed the connection')));
    connection.on('data', (piece: string) => {
      answer += piece;
      const end = answer.indexOf('\n');
      if (end < 0 && answer.length < maxAnswerBytes) return;
      connection.destroy();
      resolve(answer.slice(0, end < 0 ? undefined : end));
    });
  });
  return statusSchema.parse(JSON.parse(line)).status;
}
