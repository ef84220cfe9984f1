import { chmodSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { FolderError, errorCode, privateFolder } from './files';
import { protocolVersion, questionBytes, type Question } from './local-protocol';
import { socketPath } from './socket-path';

const questionMs = 5_000;
/** For reading the answer, once it is there. */
const answerMs = 30_000;

function readQuestion(line: string): Question | undefined {
  let asked: unknown;
  try {
    asked = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof asked !== 'object' || asked === null || !('v' in asked) || asked.v !== protocolVersion || !('op' in asked)) return undefined;
  const has = (field: string) => field in asked && typeof (asked as Record<string, unknown>)[field] === 'string';
  switch (asked.op) {
    case 'start':
      return has('owner') && has('name') ? (asked as Question) : undefined;
    case 'recover':
      return has('key') ? (asked as Question) : undefined;
    case 'status':
    case 'look':
    case 'recovery-key':
    case 'accept-versions':
      return asked as Question;
    default:
      return undefined;
  }
}

/** One question a connection: the answer ends it. */
function serve(connection: net.Socket, answer: (question: Question) => Promise<Buffer | string>): void {
  let asked = '';
  const refusal = (error: unknown): string => `${JSON.stringify({ ok: false, error: error instanceof Error ? error.message : 'the agent failed' })}\n`;
  const reply = async (line: string): Promise<void> => {
    connection.setTimeout(0);
    const question = readQuestion(line);
    const answered = await (question ? answer(question) : Promise.reject(new Error('the agent does not understand this: it and the command line are of different versions'))).catch(refusal);
    connection.setTimeout(answerMs);
    connection.end(answered, () => {
      // Values are not kept longer in this process than the socket needs them.
      if (typeof answered !== 'string') answered.fill(0);
    });
  };
  const onData = (part: string): void => {
    asked += part;
    if (asked.length > questionBytes) return void connection.destroy();
    const end = asked.indexOf('\n');
    if (end < 0) return;
    connection.off('data', onData);
    connection.resume();
    void reply(asked.slice(0, end));
  };
  connection.setTimeout(questionMs, () => connection.destroy());
  connection.on('error', () => undefined);
  connection.setEncoding('utf8').on('data', onData);
}

async function isAnswered(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(socket);
    probe.on('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
  });
}

/**
 * Listens on the agent's socket, which only this user can reach: mode 0600, in a folder with mode 0700. Throws
 * FolderError when another agent serves this folder. Returns what ends it.
 */
export async function listenLocally(folder: string, answer: (question: Question) => Promise<Buffer | string>): Promise<() => Promise<void>> {
  const socket = socketPath(folder);
  privateFolder(path.dirname(socket));
  const server = net.createServer({ allowHalfOpen: false }, (connection) => serve(connection, answer));
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      const before = process.umask(0o177);
      server.once('error', reject);
      server.listen(socket, () => {
        server.off('error', reject);
        resolve();
      });
      process.umask(before);
    });
  try {
    await listen();
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw new FolderError(`The agent cannot listen on ${socket} (${errorCode(error)}).`);
    if (await isAnswered(socket)) throw new FolderError(`Another agent is running in ${folder}.`);
    // Left by an agent that was killed.
    rmSync(socket, { force: true });
    await listen();
  }
  chmodSync(socket, 0o600);
  return () => new Promise((resolve) => server.close(() => resolve()));
}
