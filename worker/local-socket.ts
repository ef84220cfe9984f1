import { chmodSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { FolderError, errorCode, privateFolder } from './files';
import { protocolVersion, questionBytes, type Question } from './local-protocol';
import { socketPath } from './socket-path';

const questionMs = 5_000;

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
    case 'recovery-key':
    case 'accept-versions':
      return asked as Question;
    default:
      return undefined;
  }
}

function serve(connection: net.Socket, answer: (question: Question) => Promise<Buffer | string>): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => connection.destroy(), questionMs);
  const refuse = (error: string) => connection.end(`${JSON.stringify({ ok: false, error })}\n`);
  connection.on('error', () => undefined);
  connection.on('close', () => clearTimeout(timer));
  const onData = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > questionBytes) return void connection.destroy();
    parts.push(part);
    if (!part.includes(10)) return;
    clearTimeout(timer);
    connection.off('data', onData);
    connection.resume();
    const question = readQuestion(Buffer.concat(parts).toString('utf8').split('\n')[0] ?? '');
    if (!question) return void refuse('the agent does not understand this: it and the command line are of different versions');
    answer(question).then(
      (line) => {
        if (typeof line === 'string') return void connection.end(line);
        // Values are not kept longer in this process than the socket needs them.
        connection.end(line, () => line.fill(0));
      },
      (error: unknown) => refuse(error instanceof Error ? error.message : 'the agent failed'),
    );
  };
  connection.on('data', onData);
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
