import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectWorker, startSystemPostgres, systemPostgres } from '@/e2e/support/own-postgres';
import { Operator, asAdmin, makeAdminKey, valueInside } from '@/e2e/support/operator';
import { startProduct } from '@/e2e/support/product';
import type { TestWorker } from '@/worker/testing/cluster';

const programs = await systemPostgres();
const run = promisify(execFile);

describe.skipIf(!programs)(`on the PostgreSQL that the system has installed (${programs ?? 'none'})`, () => {
  let folder: string;
  let database: Awaited<ReturnType<typeof startSystemPostgres>>;
  let worker: TestWorker | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'secret-store-own-'));
    database = await startSystemPostgres(programs ?? '', folder);
  });

  afterAll(async () => {
    await worker?.stop();
    await database?.stop();
    if (worker) await rm(worker.dataDir, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  test('the product works, and a dump restored into another database, with the keyring, delivers the old value to the old worker', async () => {
    const dataDir = path.join(folder, 'data');
    const keyring = path.join(dataDir, 'server/keyring.json');
    const product = await startProduct({ dataDir, env: { ...asAdmin, DATABASE_URL: database.url } });
    const dump = path.join(folder, 'dump');
    let key: string;
    try {
      worker = await connectWorker(product, database.settings, keyring);
      const operator = new Operator(product.url, await makeAdminKey(product.url));
      key = operator.key;
      const algorithm = await operator.createAlgorithm('dumped');
      const secret = await operator.createSecret(algorithm, 'PASSWORD', 'in the dump');
      // While the product runs: a dump is a picture of one moment.
      await run(path.join(programs ?? '', 'bin/pg_dump'), ['--format=custom', `--file=${dump}`, database.url]);
      await operator.updateSecret(algorithm, secret, 'too late for the dump');
      expect(await valueInside(worker.dataDir, 'admin/dumped', 'PASSWORD')).toBe('too late for the dump');
    } finally {
      await product.stop();
    }

    await restore(dump);
    const again = await startProduct({ dataDir, env: { DATABASE_URL: database.url.replace('/secrets?', '/restored?') } });
    try {
      await worker.stop();
      worker.start(['--server', again.deliveryUrl]);
      await worker.state('ready', 20_000);
      // To the worker an older version of a value is one that somebody put back; it wants to be told that this was meant.
      await expect(valueInside(worker.dataDir, 'admin/dumped', 'PASSWORD')).rejects.toThrow(/PASSWORD: version 1 was put in the place of version 2.*accept-versions/);
      expect((await worker.cli(['agent', 'accept-versions'])).code).toBe(0);
      expect(await valueInside(worker.dataDir, 'admin/dumped', 'PASSWORD')).toBe('in the dump');
      expect((await new Operator(again.url, key).call('GET', '/v1/algorithms/admin/dumped')).status).toBe(200);
    } finally {
      await again.stop();
    }
  });

  async function restore(dump: string): Promise<void> {
    const client = new pg.Client(database.settings);
    await client.connect();
    await client.query('CREATE DATABASE restored');
    await client.end();
    await run(path.join(programs ?? '', 'bin/pg_restore'), ['--exit-on-error', `--dbname=${database.url.replace('/secrets?', '/restored?')}`, dump]);
  }
});
