// Runs `next build`: the pages, into .next.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { exists, projectRoot } from './files.mjs';

export async function buildPages() {
  const cli = join(projectRoot, 'node_modules/next/dist/bin/next');
  const output = [];
  // A build that outlived the start that was killed would write into the files of the next one's.
  const tie = (await exists('/usr/bin/setpriv')) ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];
  const [command, ...args] = [...tie, process.execPath, cli, 'build'];
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: projectRoot,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', resolve);
    process.once('exit', () => child.kill('SIGKILL'));
  });
  if (code !== 0) throw new Error(`The pages could not be built:\n${Buffer.concat(output).toString('utf8')}`);
}
