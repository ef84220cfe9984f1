import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { TestCluster, until, type TestWorker } from './testing/cluster';

let cluster: TestCluster;
let worker: TestWorker;
let id: string;

beforeAll(async () => {
  cluster = await TestCluster.create();
  worker = await cluster.readyWorker();
  id = await cluster.algorithm('alice', 'Steady');
  await cluster.secret(id, 'WORD', 'value-of-word');
  await worker.environment('alice/Steady');
});

beforeEach(async () => {
  if (!cluster.delivery) await cluster.startDelivery();
  await until(async () => (await worker.status())?.connected, 'connected');
});

afterAll(async () => {
  await cluster.close();
});

const starts = async () => (await cluster.events('secret.open')).filter(({ outcome }) => outcome === 'done').length;

describe('with the delivery plane away', () => {
  test('algorithms start with the last good values, and each start is reported when it is back', async () => {
    const before = await starts();
    await cluster.stopDelivery();
    for (let count = 0; count < 3; count++) expect((await worker.environment('alice/Steady'))['WORD']).toBe('value-of-word');
    expect((await worker.status())?.receiptsWaiting).toBe(3);
    await cluster.startDelivery();
    await until(async () => (await starts()) === before + 3, 'the starts were reported');
    expect((await worker.status())?.receiptsWaiting).toBe(0);
  });

  test('they start also after the agent was killed and started anew', async () => {
    await cluster.stopDelivery();
    await worker.stop('SIGKILL');
    worker.start();
    await worker.state('ready');
    expect((await worker.environment('alice/Steady'))['WORD']).toBe('value-of-word');
  });

  test('what changed shortly before is there, although nobody had started it since', async () => {
    const name = await cluster.algorithm('alice', 'Fresh');
    await cluster.secret(name, 'WORD', 'just-made');
    await until(async () => (await cluster.events('secret.deliver')).some(({ objectName, details }) => objectName === 'alice/Fresh' && details['reason'] === 'prefetch'), 'fetched ahead');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await cluster.stopDelivery();
    expect((await worker.environment('alice/Fresh'))['WORD']).toBe('just-made');
  });

  test('an algorithm that this worker never had is refused, not started without secrets', async () => {
    await cluster.stopDelivery();
    const ended = await worker.cli(['run', 'alice/Never', '--', 'echo', 'started']);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toContain('no copy of its secrets yet');
  });

  test('a change made meanwhile is in the first start after it is back', async () => {
    const name = await cluster.algorithm('alice', 'Meanwhile');
    const secret = await cluster.secret(name, 'WORD', 'one');
    expect((await worker.environment('alice/Meanwhile'))['WORD']).toBe('one');
    await cluster.stopDelivery();
    await cluster.update(name, 'WORD', secret, 'two');
    expect((await worker.environment('alice/Meanwhile'))['WORD']).toBe('one');
    await cluster.startDelivery();
    await until(async () => (await worker.environment('alice/Meanwhile'))['WORD'] === 'two', 'the new value', 30_000);
  });

  test('something that accepts and never answers delays a start by seconds, not for ever', async () => {
    await cluster.stopDelivery();
    const silent = net.createServer(() => undefined).listen(cluster.port, '127.0.0.1');
    await once(silent, 'listening');
    await until(async () => !(await worker.status())?.connected, 'noticed');
    const since = performance.now();
    expect((await worker.environment('alice/Steady'))['WORD']).toBe('value-of-word');
    expect(performance.now() - since).toBeLessThan(slowed(3_000));
    silent.close();
  });
});

describe('the agent', () => {
  test('goes on from memory when its folder cannot be written, and says so', async () => {
    const name = await cluster.algorithm('alice', 'Full');
    const secret = await cluster.secret(name, 'WORD', 'one');
    expect((await worker.environment('alice/Full'))['WORD']).toBe('one');
    // A limit on the size of files stands for a full disk: it holds for root too.
    const pid = (await worker.status())?.pid;
    const limit = async (bytes: string) => once(spawn('prlimit', ['--pid', String(pid), `--fsize=${bytes}`]), 'exit');
    await limit('0:unlimited');
    await cluster.update(name, 'WORD', secret, 'two');
    expect((await worker.environment('alice/Full'))['WORD']).toBe('two');
    const { stdout } = await worker.cli(['agent', 'status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'ready', disk: expect.stringContaining('cannot be written') });
    await limit('unlimited:unlimited');
  });

  test('comes back by itself when the delivery plane was restarted', async () => {
    await cluster.stopDelivery();
    await cluster.startDelivery();
    const since = performance.now();
    await until(async () => (await worker.status())?.connected, 'connected again');
    expect(performance.now() - since).toBeLessThan(slowed(6_000));
  });
});
