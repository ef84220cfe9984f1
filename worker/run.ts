import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import { AgentUnreachable, askAgent } from './agent-client';
import { callersEnvironment, workerEnv } from './env';
import { whenNpxEnds } from './npx';

/** As docker run and env(1) have them: our own failure, a command that cannot be run, a command that is not there. */
const exit = { ownFailure: 125, notExecutable: 126, notFound: 127 } as const;

const nameForm = /^([A-Za-z][A-Za-z0-9_]{0,99})\/([A-Za-z][A-Za-z0-9_]{0,99})$/;

function fail(message: string, code: number = exit.ownFailure): number {
  process.stderr.write(`secret-store: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  return code;
}

/** A plugin may have to be started, and its backend may be slow. */
const startMs = 120_000;

export const runUsage = 'usage: secret-store run OWNER/NAME -- command [args…]';

interface Asked {
  owner: string;
  name: string;
  command: string;
  args: string[];
}

function readArguments(argv: string[]): Asked | string {
  const [algorithm, ...rest] = argv;
  if (algorithm === undefined || algorithm.startsWith('-')) return runUsage;
  const [, owner, name] = nameForm.exec(algorithm) ?? [];
  if (!owner || !name) return `${JSON.stringify(algorithm)} is no algorithm: it is named OWNER/NAME`;
  // Before `--` there is nothing to say; without it, what follows is the command.
  const [command, ...args] = rest[0] === '--' ? rest.slice(1) : rest;
  if (command === undefined || (rest[0] !== '--' && command.startsWith('-'))) return runUsage;
  return { owner, name, command, args };
}

/** What the terminal sends to the whole foreground group; the command has it from there already. */
const fromTerminal: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGWINCH'];
const passedOn: NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'];
/** Killed by one of these, a process may leave its memory in a file: this one ends with the number instead. */
const dumping = new Set<NodeJS.Signals>(['SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGSYS', 'SIGXCPU', 'SIGXFSZ']);

/**
 * Passes signals on to the command. To be called before it is started: a signal that comes in between would end this
 * process and leave the command without it. Handlers run when the start is through, so `command()` is there by then.
 */
function passSignals(command: () => ChildProcess | undefined): () => void {
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const handlers = new Map<NodeJS.Signals, () => void>();
  for (const signal of passedOn) handlers.set(signal, () => void command()?.kill(signal));
  for (const signal of fromTerminal) {
    // On a terminal, stopping is left to the kernel, which stops both.
    if (terminal && signal === 'SIGTSTP') continue;
    handlers.set(signal, () => {
      if (terminal) return;
      command()?.kill(signal);
      if (signal === 'SIGTSTP') process.kill(process.pid, 'SIGSTOP');
    });
  }
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const unwatch = whenNpxEnds(() => command()?.kill('SIGTERM'));
  return () => {
    unwatch();
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

function spawnFailure(error: NodeJS.ErrnoException, command: string): number {
  if (error.code === 'ENOENT') return fail(`${command}: command not found`, exit.notFound);
  if (error.code === 'EACCES') return fail(`${command}: cannot be run (permission denied, or no program)`, exit.notExecutable);
  if (error.code === 'E2BIG') return fail('the secrets, the environment and the arguments together are larger than the system passes on to a command; nothing was started');
  return fail(`${command}: cannot be run (${error.code ?? error.message})`, exit.notExecutable);
}

/** Starts the command; resolves to its exit code, or ends this process by the signal that ended the command. */
function start({ command, args }: Asked, env: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    let started: ChildProcess | undefined;
    const release = passSignals(() => started);
    let child: ChildProcess;
    try {
      child = spawn(command, args, { stdio: 'inherit', env: { ...callersEnvironment(), ...env } });
    } catch (error) {
      release();
      return resolve(spawnFailure(error as NodeJS.ErrnoException, command));
    }
    started = child;
    child.on('error', (error) => {
      if (child.pid !== undefined) return;
      release();
      resolve(spawnFailure(error, command));
    });
    child.on('exit', (code, signal) => {
      release();
      if (signal === null) return resolve(code ?? exit.ownFailure);
      const number = 128 + (os.constants.signals[signal] ?? 0);
      if (dumping.has(signal)) return resolve(number);
      setTimeout(() => resolve(number), 1_000);
      process.kill(process.pid, signal);
    });
  });
}

/** `secret-store run OWNER/NAME -- command args…`. Returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  if (argv[0] === '--help' || argv[0] === '-h') {
    process.stdout.write(`${runUsage}\n`);
    return 0;
  }
  const asked = readArguments(argv);
  if (typeof asked === 'string') return fail(asked);
  let env: Record<string, string>;
  try {
    const answer = await askAgent(workerEnv().folder, { op: 'start', owner: asked.owner, name: asked.name }, startMs);
    if (!answer.ok) return fail(answer.error);
    if (!('env' in answer)) return fail('the agent and the command line are of different versions');
    env = answer.env;
    if (answer.warning !== undefined) process.stderr.write(`secret-store: warning: ${answer.warning.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  } catch (error) {
    if (error instanceof AgentUnreachable) return fail(error.message);
    return fail(error instanceof Error ? error.message : 'unknown failure');
  }
  const callers = callersEnvironment();
  const replaced = Object.keys(env).filter((name) => name in callers);
  if (replaced.length > 0) process.stderr.write(`secret-store: warning: secrets replace these variables of your environment: ${replaced.join(', ')}\n`);
  return start(asked, env);
}
