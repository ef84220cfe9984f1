import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestCluster, type TestWorker } from './testing/cluster';

let cluster: TestCluster;
let worker: TestWorker;

beforeAll(async () => {
  cluster = await TestCluster.create();
  worker = await cluster.readyWorker();
});

afterAll(async () => {
  await cluster.close();
});

describe('secret-store run', () => {
  test("a command finds the algorithm's secrets in its environment, byte for byte", async () => {
    const id = await cluster.algorithm('alice', 'Mailer');
    const pem = '-----BEGIN KEY-----\nline\n\ttab "quoted" \\ back\n-----END KEY-----\n';
    await cluster.secret(id, 'PEM', pem);
    await cluster.secret(id, 'lower_case', '\ufeffbom, ünïcode, 🔑');
    const env = await worker.environment('alice/mailer');
    expect(env['PEM']).toBe(pem);
    expect(env['lower_case']).toBe('\ufeffbom, ünïcode, 🔑');
  });
});
