import path from 'node:path';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { findEmbeddedPostgres } from '@/server/embedded-postgres';
import { Loader } from './load/loader';
import type { Bench, Figure } from './support/figure';
import { inTurns, ratio } from './support/rounds';
import { median } from './support/statistics';
import { Subject, type Algorithm } from './support/subject';

const clients = 4;
const rounds = 15;
const milliseconds = 1_000;
const made = { algorithms: 50, secretsOfEach: 20 };
const copies = 99;

/** Fills a product of 1,000 secrets up to 100,000 with copies of its rows, and settles what that leaves to be done. */
async function fill(dataDir: string): Promise<void> {
  const settings = await findEmbeddedPostgres(dataDir);
  if (!settings) throw new Error('The database was not found');
  const client = new pg.Client(settings);
  await client.connect();
  try {
    await client.query(`
      CREATE TEMP TABLE copied AS
        SELECT s.id AS old_id, gen_random_uuid() AS id, gen_random_uuid() AS version_id, g.id AS old_algorithm, c
        FROM secrets s JOIN algorithms g ON g.id = s.algorithm_id, generate_series(1, ${copies}) c;
      CREATE TEMP TABLE copied_algorithms AS SELECT DISTINCT old_algorithm, c, NULL::uuid AS id FROM copied;
      UPDATE copied_algorithms SET id = gen_random_uuid();
      INSERT INTO algorithms (id, owner_id, name, name_key)
        SELECT k.id, g.owner_id, g.name || '_' || k.c, g.name_key || '_' || k.c FROM copied_algorithms k JOIN algorithms g ON g.id = k.old_algorithm;
      INSERT INTO secrets (id, algorithm_id, secret_key, live_key, short_name, description, provider_id, current_version_id, revision)
        SELECT k.id, a.id, s.secret_key, s.live_key, s.short_name, s.description, s.provider_id, k.version_id, s.revision
        FROM copied k JOIN copied_algorithms a USING (old_algorithm, c) JOIN secrets s ON s.id = k.old_id;
      INSERT INTO secret_versions (id, secret_id, version) SELECT version_id, id, 1 FROM copied;
      INSERT INTO sealed_values (version_id, pool_epoch, envelope)
        SELECT k.version_id, v.pool_epoch, v.envelope FROM copied k JOIN secrets s ON s.id = k.old_id JOIN sealed_values v ON v.version_id = s.current_version_id;`);
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

/** As many algorithms as the small product has, from all over the table. */
async function sample(dataDir: string): Promise<Algorithm[]> {
  const settings = await findEmbeddedPostgres(dataDir);
  const client = new pg.Client(settings);
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; name: string; secrets: string[] }>(`
      SELECT g.id, g.name, array_agg(s.id::text) AS secrets FROM (SELECT * FROM algorithms ORDER BY md5(id::text) LIMIT ${made.algorithms}) g
      JOIN secrets s ON s.algorithm_id = g.id GROUP BY g.id, g.name`);
    return rows.map((row) => ({ ...row, owner: 'admin' }));
  } finally {
    await client.end();
  }
}

const operations = ['list', 'fetch', 'write'] as const;
type Operation = (typeof operations)[number];

function unitsOf(subject: Subject, operation: Operation, algorithms: Algorithm[]) {
  switch (operation) {
    case 'list':
      return algorithms.map(({ id }) => [{ method: 'GET', path: `/v1/algorithms/${id}/secrets`, headers: subject.headers }]);
    case 'fetch':
      return algorithms.map(({ owner, name }) => [{ method: 'POST', path: '/worker/v1/starts', headers: subject.workerHeaders, body: JSON.stringify({ owner, name }) }]);
    case 'write':
      return Array.from({ length: made.secretsOfEach }, (_, n) => algorithms.map(({ id, secrets }) => [{
        method: 'PUT', path: `/v1/algorithms/${id}/secrets/${secrets[n] ?? ''}`, headers: subject.headers,
        body: JSON.stringify({ short_name: 'Written', secret_value: randomBytes(48).toString('base64') }),
      }])).flat();
  }
}

/** The slowest in a hundred lists, fetches and writes with 100,000 secrets, beside the same with 1,000, both products running. */
export const growth: Bench = async ({ folder, say }) => {
  const loader = new Loader();
  const small = await Subject.start(path.join(folder, 's'));
  const large = await Subject.start(path.join(folder, 'l')).catch(async (error: unknown) => {
    await small.stop();
    throw error;
  });
  try {
    for (const subject of [small, large]) await subject.algorithms('Grown', made.algorithms, made.secretsOfEach, () => randomBytes(48).toString('base64'));
    await fill(large.product.dataDir);
    const asked = { small: await sample(small.product.dataDir), large: await sample(large.product.dataDir) };
    const figures: Figure[] = [];
    for (const operation of operations) {
      const p99 = (subject: Subject, algorithms: Algorithm[]) => {
        const units = unitsOf(subject, operation, algorithms);
        const port = operation === 'fetch' ? subject.deliveryPort : subject.port;
        return async () => (await loader.run({ kind: 'http', clients, milliseconds, port, units })).p99;
      };
      const things = { large: p99(large, asked.large), small: p99(small, asked.small) };
      await inTurns(1, things);
      const times = await inTurns(rounds, things);
      say(`  ${operation}: 100,000: ${times.large.map((time) => time.toFixed(1)).join(' ')} ms; 1,000: ${times.small.map((time) => time.toFixed(1)).join(' ')} ms`);
      figures.push({
        name: `p99 of ${operation}, 100,000 secrets ÷ 1,000`,
        target: { kind: 'at most', value: 1.3, unit: '×' },
        measured: ratio(times.large, times.small),
        details: `${median(times.large).toFixed(1)} ms ÷ ${median(times.small).toFixed(1)} ms, ${clients} clients, ${made.algorithms} algorithms from all over the table`,
      });
    }
    return figures;
  } finally {
    loader.close();
    await Promise.all([small.stop(), large.stop()]);
  }
};
