import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { TestCluster, until, type TestWorker } from './testing/cluster';
import { readRecoveryKey } from './recovery-key';

interface Message {
  type: string;
  [field: string]: unknown;
}

let cluster: TestCluster;
let worker: TestWorker;
let agent: ChildProcess;
let messages: Message[];

beforeAll(async () => {
  cluster = await TestCluster.create();
  worker = await cluster.worker();
});

afterEach(async () => {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  agent.kill('SIGKILL');
  await once(agent, 'exit');
});

afterAll(async () => {
  await cluster.close();
});

/** Stands for the supervisor: starts the agent, answers it, keeps what it says. */
function supervise(): void {
  messages = [];
  agent = fork(worker.program, ['agent', '--server', cluster.url, '--name', 'local', '--data', worker.dataDir], { env: worker.env(), silent: true });
  agent.on('message', (message: Message) => {
    messages.push(message);
    if (message.type === 'need-join') void cluster.token({ autoApprove: true }).then((token) => agent.send({ type: 'join', token, server: cluster.url }));
  });
}

const said = (type: string) => messages.filter((message) => message.type === type);

describe('an agent under a supervisor', () => {
  test('asks for a way in, makes the pool, hands over the recovery key once, and is ready', async () => {
    supervise();
    await until(() => said('ready').length > 0, 'ready');
    expect(said('need-join')).toHaveLength(1);
    expect(said('recovery-key')).toHaveLength(1);
    expect(readRecoveryKey(String(said('recovery-key')[0]?.['key']))).toHaveLength(32);
    expect((await worker.status())?.state).toBe('ready');
    expect(await cluster.events('pool.create')).toMatchObject([{ outcome: 'done', actorKind: 'worker' }]);
  });

  test('started again is ready without asking, and has no recovery key any more', async () => {
    supervise();
    await until(() => said('ready').length > 0, 'ready');
    await until(async () => (await worker.status())?.connected, 'connected');
    expect(said('need-join')).toEqual([]);
    expect(said('recovery-key')).toEqual([]);
  });

  test('is ready with what it has while the delivery plane is away', async () => {
    await cluster.stopDelivery();
    supervise();
    await until(() => said('ready').length > 0, 'ready', 30_000);
    await cluster.startDelivery();
    expect((await worker.status())?.state).toBe('ready');
  });

  test('ends with its supervisor', async () => {
    supervise();
    await until(() => said('ready').length > 0, 'ready');
    const ended = once(agent, 'exit');
    agent.disconnect();
    const since = performance.now();
    await ended;
    expect(performance.now() - since).toBeLessThan(slowed(2_000));
  });

  test('on a database that does not know it joins again with the same keys, and brings the pool along', async () => {
    await cluster.db.query('TRUNCATE workers, worker_tokens, pool_epochs, pool_grants, sealed_values CASCADE');
    supervise();
    await until(async () => (await worker.status())?.connected, 'connected');
    expect(said('need-join')).toHaveLength(1);
    expect((await worker.status())?.state).toBe('ready');
    const id = await cluster.algorithm('alice', 'Again');
    await cluster.secret(id, 'WORD', 'sealed-anew');
    expect((await worker.environment('alice/Again'))['WORD']).toBe('sealed-anew');
  });

  test('with a fresh folder on a database that has a pool is up, and says what is missing', async () => {
    await rm(path.join(worker.dataDir, 'worker'), { recursive: true });
    supervise();
    await until(() => said('ready').length > 0, 'up');
    const status = await worker.status();
    expect(status?.state).toBe('waiting');
    expect(status?.message).toContain('recovery key');
  });
});
