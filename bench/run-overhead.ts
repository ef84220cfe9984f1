import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '@/server/root';
import type { Bench } from './support/figure';
import { inTurns } from './support/rounds';
import { median } from './support/statistics';
import { Subject } from './support/subject';

const rounds = 25;
const program = path.join(projectRoot, 'worker/bin/secret-store.mjs');

function timeOf(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve(performance.now() - began) : reject(new Error(`${command} ended with ${code}`))));
  });
}

/** How much longer a command takes to start and end under `secret-store run`, with twenty secrets. */
export const runOverhead: Bench = async ({ folder, say }) => {
  const subject = await Subject.start(folder);
  try {
    await subject.algorithms('Run', 1, 20, () => 'a value');
    const env = { ...process.env, SECRET_STORE_DATA_DIR: subject.product.dataDir };
    const things = {
      under: () => timeOf(process.execPath, [program, 'run', 'admin/Run0', '--', 'true'], env),
      alone: () => timeOf('true', [], env),
    };
    await inTurns(3, things);
    const times = await inTurns(rounds, things);
    const [under, alone] = [median(times.under), median(times.alone)];
    say(`  under run ${under.toFixed(1)} ms, alone ${alone.toFixed(1)} ms`);
    return [{
      name: 'secret-store run, added to a command',
      target: { kind: 'at most', value: 150, unit: 'ms' },
      measured: under - alone,
      details: `median of ${rounds}: ${under.toFixed(0)} ms − ${alone.toFixed(1)} ms`,
    }];
  } finally {
    await subject.stop();
  }
};
