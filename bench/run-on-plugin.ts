import { spawn } from 'node:child_process';
import { chown, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '@/server/root';
import { askAgent } from '@/worker/agent-client';
import type { Bench } from './support/figure';
import { inTurns } from './support/rounds';
import { median } from './support/statistics';
import { Subject, type Algorithm } from './support/subject';

const rounds = 25;
const startsEach = 100;
const secrets = 20;
const program = path.join(projectRoot, 'worker/bin/secret-store.mjs');
const jar = path.join(projectRoot, 'plugins/contract-tests/target/jars/file-store.jar');

/** The milliseconds that `secret-store run` takes with an algorithm, as a person would measure it. */
function runTime(name: string, env: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'run', `admin/${name}`, '--', 'true'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve(performance.now() - began) : reject(new Error(`run ended with ${code}`))));
  });
}

/** A provider whose plugin keeps its secrets in a folder, and an algorithm with twenty of them. */
async function onPlugin(subject: Subject, folder: string): Promise<Algorithm> {
  const store = path.join(folder, 'backend');
  await mkdir(store, { mode: 0o777 });
  // The plugin runs as a user of its own, to which the folder has to belong.
  if (process.getuid?.() === 0) await chown(store, 1_234, 1_234);
  const provider = await subject.call<{ id: string }>('POST', '/v1/admin/secret-provider', {
    name: 'files',
    factoryClassName: 'com.example.filestore.FileStoreFactory',
    moduleName: 'file-store.jar',
    configuration: { folder: store },
    settings: { writablePaths: [store], readablePaths: [store] },
  });
  const form = new FormData();
  form.append('provider', new Blob([await readFile(jar)]), 'file-store.jar');
  const { 'content-type': _json, ...headers } = subject.headers;
  const answer = await fetch(`${subject.product.url}/v1/admin/plugins/secret-provider/${provider.id}`, { method: 'POST', headers, body: form });
  if (!answer.ok) throw new Error(`The module was not taken: ${answer.status} ${await answer.text()}`);
  const { id, name } = await subject.call<{ id: string; name: string }>('POST', '/v1/algorithms/admin', { name: 'OnPlugin' });
  for (let n = 0; n < secrets; n++) {
    await subject.call('POST', `/v1/algorithms/${id}/secrets`, { owner_type: 'algorithm', owner_id: id, short_name: `Secret ${n}`, secret_key: `SECRET_${n}`, secret_value: 'a value', description: ' ', provider_id: provider.id });
  }
  return { id, owner: 'admin', name, secrets: [] };
}

/** `secret-store run` with twenty secrets of a JAR's provider, beside twenty of the built-in one. The agent has been asked before. */
export const runOnPlugin: Bench = async ({ folder, say }) => {
  const subject = await Subject.start(folder);
  try {
    const [internal] = await subject.algorithms('Internal', 1, secrets, () => 'a value');
    const plugin = await onPlugin(subject, folder);
    const env = { ...process.env, SECRET_STORE_DATA_DIR: subject.product.dataDir };
    const worker = path.join(subject.product.dataDir, 'worker');
    const starts = async (name: string) => {
      const began = performance.now();
      for (let n = 0; n < startsEach; n++) {
        const answer = await askAgent(worker, { op: 'start', owner: 'admin', name });
        if (!answer.ok) throw new Error(answer.error);
      }
      return (performance.now() - began) / startsEach;
    };
    const cold = performance.now();
    await starts(plugin.name);
    say(`  the first start, which starts the plugin, and ${startsEach - 1} more: ${(performance.now() - cold).toFixed(0)} ms`);
    const things = {
      plugin: () => runTime(plugin.name, env),
      internal: () => runTime(internal?.name ?? '', env),
      pluginStart: () => starts(plugin.name),
      internalStart: () => starts(internal?.name ?? ''),
    };
    await inTurns(3, things);
    const times = await inTurns(rounds, things);
    const differences = times.plugin.map((time, round) => time - (times.internal[round] ?? Number.NaN));
    const ratios = times.pluginStart.map((time, round) => time / (times.internalStart[round] ?? Number.NaN));
    const [onJar, builtIn, noise] = [median(times.plugin), median(times.internal), median(times.internal.map((time) => Math.abs(time - median(times.internal))))];
    say(`  run: ${onJar.toFixed(1)} ms on a JAR, ${builtIn.toFixed(1)} ms built in; a start at the agent: ${median(times.pluginStart).toFixed(2)} ms and ${median(times.internalStart).toFixed(2)} ms`);
    return [
      { name: 'secret-store run on a JAR provider − built-in', target: { kind: 'at most', value: Number(Math.max(1, noise).toFixed(2)), unit: 'ms' }, measured: median(differences), details: `median of ${rounds}: ${onJar.toFixed(1)} ms − ${builtIn.toFixed(1)} ms, ${secrets} secrets, agent warm; the bar is how much runs of the built-in one differ among themselves` },
      { name: 'start at the agent, JAR provider ÷ built-in', target: { kind: 'at most', value: 1.1, unit: '×' }, measured: median(ratios), details: `${median(times.pluginStart).toFixed(2)} ms ÷ ${median(times.internalStart).toFixed(2)} ms, ${secrets} secrets, one after another` },
    ];
  } finally {
    await subject.stop();
  }
};
