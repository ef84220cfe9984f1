import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askAgent } from './agent-client';
import { TestCluster, until, type TestWorker } from './testing/cluster';

let cluster: TestCluster;
let worker: TestWorker;

beforeAll(async () => {
  cluster = await TestCluster.create();
  worker = await cluster.readyWorker();
  await cluster.algorithm('alice', 'Plain');
});

afterAll(async () => {
  await cluster.close();
});

const node = process.execPath;

describe('secret-store run', () => {
  test("a command finds the algorithm's secrets in its environment, byte for byte", async () => {
    const id = await cluster.algorithm('alice', 'Mailer');
    const pem = '-----BEGIN KEY-----\nline\n\ttab "quoted" \\ back\n-----END KEY-----\n';
    await cluster.secret(id, 'PEM', pem);
    await cluster.secret(id, 'lower_case', '\ufeffbom, ünïcode, 🔑');
    await cluster.secret(id, 'LARGE', 'x'.repeat(65_536));
    const env = await worker.environment('alice/mailer');
    expect(env['PEM']).toBe(pem);
    expect(env['lower_case']).toBe('\ufeffbom, ünïcode, 🔑');
    expect(env['LARGE']).toBe('x'.repeat(65_536));
    expect(env['SECRET_STORE_DATA_DIR'], "the caller's own environment is kept").toBe(worker.dataDir);
  });

  test('the agent stays below 80 MB resident', async () => {
    for (let count = 0; count < 10; count++) await worker.environment('alice/Mailer');
    const status = await worker.status();
    const { stdout } = await worker.cli(['run', 'alice/Plain', '--', 'cat', `/proc/${status?.pid}/status`]);
    const resident = Number(/VmRSS:\s+(\d+) kB/.exec(stdout)?.[1]) / 1024;
    expect(resident).toBeLessThan(80);
  });

  test('a new, a changed and a removed secret are in the very next start', async () => {
    const id = await cluster.algorithm('alice', 'Changing');
    expect(await worker.environment('alice/Changing')).not.toHaveProperty('TOKEN');
    const first = await cluster.secret(id, 'TOKEN', 'one');
    expect((await worker.environment('alice/Changing'))['TOKEN']).toBe('one');
    const second = await cluster.update(id, 'TOKEN', first, 'two');
    expect((await worker.environment('alice/Changing'))['TOKEN']).toBe('two');
    await cluster.remove(id, second);
    expect(await worker.environment('alice/Changing')).not.toHaveProperty('TOKEN');
  });

  test("secrets win over the caller's environment, with one line that names the variables and no value", async () => {
    const id = await cluster.algorithm('alice', 'Winning');
    await cluster.secret(id, 'PASSWORD', 'the-secret');
    const ended = await worker.cli(['run', 'alice/Winning', '--', node, '-e', 'process.stdout.write(process.env.PASSWORD)'], { env: { PASSWORD: 'the-callers' } });
    expect(ended).toMatchObject({ code: 0, stdout: 'the-secret' });
    expect(ended.stderr).toMatch(/^secret-store: warning: .*PASSWORD\n$/);
    expect(ended.stderr).not.toContain('the-');
  });

  test('standard input, both outputs and the exit code pass through', async () => {
    const ended = await worker.cli(['run', 'alice/Plain', '--', 'sh', '-c', 'cat; echo problem >&2; exit 7'], { input: 'typed' });
    expect(ended).toEqual({ code: 7, signal: null, stdout: 'typed', stderr: 'problem\n' });
  });

  test('an output line is there before the command ends', async () => {
    const child = spawn(node, [worker.program, 'run', 'alice/Plain', '--', 'sh', '-c', 'echo early; exec sleep 30'], { env: worker.env() });
    const first = await new Promise<string>((resolve) => child.stdout.once('data', (part: Buffer) => resolve(part.toString())));
    expect(first).toBe('early\n');
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    child.kill('SIGTERM');
    expect(await ended, 'the signal ends the command, and run as the command was ended').toBe('SIGTERM');
  });

  test.each(['SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const)('%s reaches the command, which decides', async (signal) => {
    const script = `trap 'echo got; exit 3' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
    const child = spawn(node, [worker.program, 'run', 'alice/Plain', '--', 'sh', '-c', script], { env: worker.env() });
    let output = '';
    let errors = '';
    child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
    child.stdout.on('data', (part: Buffer) => {
      output += part.toString();
      if (output === 'ready\n') child.kill(signal);
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, output, errors }).toEqual({ code: 3, output: 'ready\ngot\n', errors: '' });
  });

  test('a signal to npx, which gets no further than the shell between, ends the command', async () => {
    const script = `'${node}'`;
    const command = `trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.05; done`;
    const line = `${script} ${worker.program} run alice/Plain -- sh -c "${command}"; exit $?`;
    const shell = spawn('sh', ['-c', line], { env: worker.env({ npm_command: 'exec', npm_lifecycle_script: script }) });
    let output = '';
    shell.stdout.on('data', (part: Buffer) => {
      output += part.toString();
      if (output === 'ready\n') shell.kill('SIGTERM');
    });
    await new Promise((resolve) => shell.once('close', resolve));
    expect(output).toBe('ready\ngot\n');
  });

  test('a command that dumps core is told by 128 and the number, so that no second memory image is written', async () => {
    const ended = await worker.cli(['run', 'alice/Plain', '--', 'sh', '-c', 'ulimit -c 0; kill -ABRT $$']);
    expect(ended).toMatchObject({ code: 134, signal: null });
  });

  test('a command that is not there is 127, one that cannot be run 126', async () => {
    expect(await worker.cli(['run', 'alice/Plain', '--', '/no/such/command'])).toMatchObject({ code: 127, stderr: 'secret-store: /no/such/command: command not found\n' });
    expect((await worker.cli(['run', 'alice/Plain', '--', '/etc/passwd'])).code).toBe(126);
  });

  test('more than the system passes on to a command is refused in one line', async () => {
    const id = await cluster.algorithm('alice', 'Huge');
    const { stdout } = await worker.cli(['run', 'alice/Plain', '--', 'getconf', 'ARG_MAX']);
    const needed = Math.min(Math.ceil(Number(stdout) / 65_000) + 1, 100);
    for (let index = 0; index < needed; index++) await cluster.secret(id, `PART_${index}`, 'y'.repeat(65_536));
    const ended = await worker.cli(['run', 'alice/Huge', '--', 'true']);
    expect(ended.code).toBe(125);
    expect(ended.stderr).toMatch(/^secret-store: .*larger than the system passes on.*\n$/);
  });

  test('help is an answer, not a fault', async () => {
    expect(await worker.cli(['run', '--help'])).toMatchObject({ code: 0, stdout: 'usage: secret-store run OWNER/NAME -- command [args…]\n', stderr: '' });
  });

  test('an unknown algorithm starts nothing', async () => {
    const ended = await worker.cli(['run', 'alice/Nothing', '--', 'echo', 'started']);
    expect(ended).toEqual({ code: 125, signal: null, stdout: '', stderr: 'secret-store: no such algorithm: alice/Nothing\n' });
  });

  test('without an agent nothing is started, and one line says what to do', async () => {
    const other = await cluster.worker();
    const ended = await other.cli(['run', 'alice/Plain', '--', 'echo', 'started']);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toMatch(/^secret-store: no agent is running .*\n$/);
  });

  test.each([[[]], [['alice']], [['--', 'true']], [['alice/Plain']], [['alice/Plain', '--']], [['a b/c', '--', 'true']]])('wrong arguments are a failure of ours: %j', async (args) => {
    const ended = await worker.cli(['run', ...args]);
    expect(ended.code).toBe(125);
    expect(ended.stderr.split('\n')).toHaveLength(2);
  });

  test('a value is in no file of the worker, nor in its output', async () => {
    const id = await cluster.algorithm('alice', 'Canary');
    await cluster.secret(id, 'CANARY', 'canary-7f31e0');
    await worker.environment('alice/Canary');
    const found = await worker.cli(['run', 'alice/Plain', '--', 'grep', '-r', '-l', 'canary-7f31e0', worker.dataDir]);
    expect(found.stdout).toBe('');
    expect(worker.output).not.toContain('canary-7f31e0');
  });

  test('starts that overlap with changes all succeed, and none goes back to an older value', async () => {
    const id = await cluster.algorithm('alice', 'Overlapping');
    let secret = await cluster.secret(id, 'COUNTER', '0');
    let ended = false;
    const clients = Array.from({ length: 8 }, async () => {
      const seen: number[] = [];
      while (!ended) {
        const answer = await askAgent(worker.folder, { op: 'start', owner: 'alice', name: 'Overlapping' });
        seen.push('env' in answer ? Number(answer.env['COUNTER']) : Number.NaN);
      }
      return seen;
    });
    for (let count = 1; count <= 60; count++) secret = await cluster.update(id, 'COUNTER', secret, String(count));
    ended = true;
    for (const seen of await Promise.all(clients)) expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect((await cluster.events('secret.open')).filter(({ outcome }) => outcome === 'refused')).toEqual([]);
  });

  test('each start is an audit event of its own, before the command runs', async () => {
    await cluster.algorithm('alice', 'Audited');
    await worker.environment('alice/Audited');
    const events = (await cluster.events('secret.deliver')).filter(({ objectName, details }) => objectName === 'alice/Audited' && details['reason'] === 'start');
    expect(events).toMatchObject([{ outcome: 'done', actorKind: 'worker' }]);
    const refused = await until(async () => (await cluster.events('secret.deliver')).find(({ objectName }) => objectName === 'alice/Nothing'), 'the refusal is recorded');
    expect(refused).toMatchObject({ outcome: 'refused', details: { cause: 'no such algorithm' } });
  });
});
