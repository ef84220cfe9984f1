import { expect, test } from 'vitest';
import { Starts, type StartQuestion } from './starts';
import type { Repeated, StartResult } from './store';

const question = (key = 'bob/one'): StartQuestion => {
  const [ownerKey = '', nameKey = ''] = key.split('/');
  return { workerId: 'worker', key, algorithmId: null, ownerKey, nameKey, asked: key, requestId: 'r', address: '', reason: 'start', clientTag: '' };
};

/** A database in which every start finds the same, and that says how often it was asked what. */
class Database {
  looked = 0;
  repeated: Repeated[][] = [];
  /** Whether somebody has committed something since the statement before. */
  busy = false;

  starts(rows: { ownerKey: string | null; nameKey: string | null; cachedTag: string }[]): Promise<StartResult[]> {
    this.looked++;
    return Promise.resolve(rows.map(({ ownerKey, nameKey, cachedTag }) => ({ state: 'approved', workerName: 'w', id: `${nameKey}-id`, owner: ownerKey, name: nameKey, tag: 'tag', secrets: cachedTag === 'tag' ? null : '[]', providers: null, at: 'now', next: 'next' })));
  }

  repeat(_moment: string, deliveries: Repeated[]): Promise<{ same: boolean; next: string | null }> {
    this.repeated.push(deliveries);
    return Promise.resolve(this.busy ? { same: false, next: null } : { same: true, next: 'next' });
  }
}

test('what was found is answered again without another look, event for event', async () => {
  const database = new Database();
  const starts = new Starts(database);
  const first = await starts.ask(question());
  expect(await Promise.all([starts.ask(question()), starts.ask(question())])).toEqual([first, first]);
  expect(database).toMatchObject({ looked: 1, repeated: [[{ algorithm: 'bob/one', tag: 'tag' }, { algorithm: 'bob/one' }]] });
});

test('of a group, only what is not known is looked up', async () => {
  const database = new Database();
  const starts = new Starts(database);
  await starts.ask(question());
  const answers = await Promise.all([starts.ask(question('bob/two')), starts.ask(question()), starts.ask(question('bob/three'))]);
  expect(answers.map((answer) => 'body' in answer && /"name":"\w+"/.exec(String(answer.body))?.[0])).toEqual(['"name":"two"', '"name":"one"', '"name":"three"']);
  expect(database.repeated).toMatchObject([[{ algorithm: 'bob/one' }]]);
  expect(database.looked).toBe(2);
});

test('where others commit all the time, it is tried now and then only; as soon as they stop, again', async () => {
  const database = new Database();
  const starts = new Starts(database);
  database.busy = true;
  for (let count = 0; count < 200; count++) await starts.ask(question());
  expect(database.looked).toBe(200);
  expect(database.repeated.length).toBeLessThan(20);
  database.busy = false;
  for (let count = 0; count < 100; count++) await starts.ask(question());
  expect(database.looked).toBeLessThan(240);
});
