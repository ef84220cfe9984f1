import { lstatSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { answerBytes, protocolVersion, type Question, type Refused, type StartReply, type Status } from './local-protocol';
import { socketPath } from './socket-path';

/** The agent could not be asked. The message is for people. */
export class AgentUnreachable extends Error {
  override readonly name = 'AgentUnreachable';
}

/** Values come from this socket: its folder must be this user's own, or root's. */
function checkOwner(socket: string): void {
  const own = process.getuid?.();
  if (own === undefined) return;
  for (const place of [path.dirname(socket), socket]) {
    const { uid } = lstatSync(place);
    if (uid !== own && uid !== 0) throw new AgentUnreachable(`${place} belongs to another user (uid ${uid}); its agent is not trusted.`);
  }
}

function explain(error: NodeJS.ErrnoException, folder: string): AgentUnreachable {
  if (error instanceof AgentUnreachable) return error;
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR') {
    return new AgentUnreachable(`no agent is running for ${folder}; start the server with "npm start", or a worker with "secret-store agent", or set SECRET_STORE_DATA_DIR`);
  }
  if (error.code === 'EACCES' || error.code === 'EPERM') return new AgentUnreachable(`the agent in ${folder} belongs to another user, and serves only that one`);
  return new AgentUnreachable(`the agent in ${folder} could not be asked (${error.code ?? error.message})`);
}

type Answer = StartReply | Refused | { ok: true; status: Status } | { ok: true; key: string } | { ok: true };

type WithoutVersion<T> = T extends unknown ? Omit<T, 'v'> : never;

/** Asks the agent of a worker folder one question. Throws AgentUnreachable. */
export async function askAgent(folder: string, question: WithoutVersion<Question>, timeoutMs = 15_000): Promise<Answer> {
  const socket = socketPath(folder);
  try {
    checkOwner(socket);
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, folder);
  }
  return new Promise<Answer>((resolve, reject) => {
    const connection = net.connect(socket);
    const parts: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => connection.destroy(new AgentUnreachable('the agent did not answer in time')), timeoutMs);
    connection.on('connect', () => connection.write(`${JSON.stringify({ v: protocolVersion, ...question })}\n`));
    connection.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > answerBytes) return void connection.destroy(new AgentUnreachable('the agent answered with too much'));
      parts.push(part);
      if (part.at(-1) !== 10) return;
      clearTimeout(timer);
      connection.end();
      try {
        resolve(JSON.parse(Buffer.concat(parts).toString('utf8')) as Answer);
      } catch {
        reject(new AgentUnreachable('the agent answered with something else than its version of the command line expects'));
      }
    });
    connection.on('error', (error) => {
      clearTimeout(timer);
      reject(explain(error, folder));
    });
    connection.on('close', () => {
      clearTimeout(timer);
      reject(new AgentUnreachable('the agent ended before it had answered'));
    });
  });
}
