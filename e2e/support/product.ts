import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, readlink, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '@/server/root';

/** Environment variables. */
export type Settings = Record<string, string | undefined>;

export type PartName = 'web' | 'delivery' | 'worker' | 'postgres' | 'supervisor';

export interface Product {
  /** the control plane's address */
  url: string;
  /** the delivery plane's */
  deliveryUrl: string;
  dataDir: string;
  /** the id of the process that was started: the supervisor, or npm */
  pid: number | undefined;
  env: Settings;
  /** all that was written to the terminal so far */
  output(): string;
  /** the process id of a part; undefined while it is not there */
  pidOf(part: PartName): Promise<number | undefined>;
  /** ends a part as a crash would */
  kill9(part: PartName): Promise<void>;
  /** Ctrl-C; resolves with the exit code when all is gone */
  stop(): Promise<number | null>;
  /** resolves with the exit code when the supervisor has ended */
  exited: Promise<number | null>;
}

export interface ProductOptions {
  env?: Settings;
  /** an existing data folder; without it a new one, which `stop` removes */
  dataDir?: string;
  ports?: { port: number; deliveryPort: number };
  /** what stands before `node`, such as a command that changes the user */
  prefix?: string[];
  /** how long until it is healthy, in milliseconds */
  timeout?: number;
  /** started by `npm start` in a process group of its own, as from a terminal */
  viaNpm?: boolean;
  /** the Node that runs it; the tests' own unless said */
  node?: string;
  /** as `npm start` does it: looks whether what is built is current, and builds what is not */
  build?: boolean;
  /** the checkout that is started; this one unless said */
  checkout?: string;
}

/** Two ports that nothing listens on at the moment. */
export async function freePorts(): Promise<{ port: number; deliveryPort: number }> {
  const servers = [net.createServer(), net.createServer()];
  const ports = await Promise.all(
    servers.map((server) => new Promise<number>((resolve) => server.listen(0, () => resolve((server.address() as net.AddressInfo).port)))),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return { port: ports[0] ?? 0, deliveryPort: ports[1] ?? 0 };
}

/** The caller's environment without settings of a product that may run beside the tests. */
function cleanEnvironment(): Settings {
  const env: Settings = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(SECRET_STORE_|NEXTAUTH_|DATABASE_URL$|PORT$|npm_|VITEST|NODE_OPTIONS$|NODE_ENV$)/.test(name)) delete env[name];
  }
  return env;
}

export interface Launched {
  child: ChildProcess;
  output(): string;
  exited: Promise<number | null>;
}

/** Runs `npm start`'s program on what the set-up has built, and collects what it writes. */
export function launch(env: Settings, { prefix = [], viaNpm = false, node = process.execPath, build = false, checkout = projectRoot }: Pick<ProductOptions, 'prefix' | 'viaNpm' | 'node' | 'build' | 'checkout'> = {}): Launched {
  const start = viaNpm ? ['npm', 'start', '--'] : [node, path.join(checkout, 'server/start.mjs')];
  const line = [...prefix, ...start, ...(build ? [] : ['--no-build'])];
  const child = spawn(line[0] ?? process.execPath, line.slice(1), { cwd: checkout, env: { ...cleanEnvironment(), ...env } as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'], detached: viaNpm });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', reject);
  });
  return { child, output: () => text, exited };
}

/** Starts the whole product by its real supervisor and waits until it says that it is healthy. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(os.tmpdir(), 'secret-store-product-')));
  const { port, deliveryPort } = options.ports ?? (await freePorts());
  const env: Settings = {
    PORT: String(port),
    SECRET_STORE_DELIVERY_PORT: String(deliveryPort),
    SECRET_STORE_DATA_DIR: dataDir,
    ...options.env,
  };
  const { child, output, exited } = launch(env, options);
  const host = env.SECRET_STORE_HOST ?? 'localhost';
  const url = `http://${host}:${port}`;
  const product: Product = {
    url,
    deliveryUrl: `http://${env.SECRET_STORE_DELIVERY_HOST ?? host}:${deliveryPort}`,
    dataDir,
    pid: child.pid,
    env,
    output,
    exited,
    pidOf: (part) => pidOf(part, child.pid, dataDir),
    kill9: async (part) => {
      const pid = await product.pidOf(part);
      if (pid === undefined) throw new Error(`${part} does not run`);
      process.kill(pid, 'SIGKILL');
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      const code = await exited;
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
      return code;
    },
  };
  try {
    await untilHealthy(url, options.timeout ?? 180_000, exited);
    return product;
  } catch (error) {
    child.kill('SIGTERM');
    await exited;
    throw new Error(`${(error as Error).message}; it wrote:\n${output()}\n${await lastLogLines(dataDir)}`);
  }
}

/** Waits until the control plane's health is 200. Rejects when it is not in time, or when the product ends. */
export async function untilHealthy(url: string, timeout: number, exited?: Promise<number | null>): Promise<void> {
  let isOver = false;
  void exited?.then(() => (isOver = true));
  const until = Date.now() + timeout;
  let last = 'no answer';
  while (!isOver && Date.now() < until) {
    const answer = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
    if (answer?.status === 200) return;
    if (answer) last = `${answer.status} ${await answer.text()}`;
    await sleep(40);
  }
  throw new Error(isOver ? 'The product ended before it was healthy' : `The product was not healthy within ${timeout / 1000} s (${last})`);
}

const bundleOf = { web: 'dist/server/web.mjs', delivery: 'dist/server/delivery.mjs', worker: 'dist/worker/cli.mjs' };

async function pidOf(part: PartName, supervisor: number | undefined, dataDir: string): Promise<number | undefined> {
  if (part === 'supervisor') return supervisor;
  const mine = await processesUsing(dataDir);
  if (part === 'postgres') return Number((await readFile(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
  return mine.find(({ command }) => command.includes(bundleOf[part]))?.pid;
}

/** Every living process that belongs to a data folder, by its environment, arguments or working directory. */
export async function processesUsing(dataDir: string): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const read = (file: string) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '');
    const [environment, command, stat] = await Promise.all([read('environ'), read('cmdline'), read('stat')]);
    const folder = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))) continue;
    const words = command.replaceAll('\0', ' ').trim();
    const isIn = folder === dataDir || folder.startsWith(`${dataDir}/`);
    if (isIn || environment.includes(dataDir) || words.includes(dataDir)) found.push({ pid: Number(name), command: words });
  }
  return found;
}

async function lastLogLines(dataDir: string): Promise<string> {
  const names = await readdir(path.join(dataDir, 'logs')).catch(() => []);
  const texts = await Promise.all(
    names.map(async (name) => `== ${name}\n${(await readFile(path.join(dataDir, 'logs', name), 'utf8')).split('\n').slice(-15).join('\n')}`),
  );
  return texts.join('\n');
}
