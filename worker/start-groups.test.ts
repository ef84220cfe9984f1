import { expect, test } from 'vitest';
import type { StartAnswer, StartRequest, StartsAnswer } from '@/lib/schemas/delivery';
import { Away } from './delivery-client';
import { StartGroups } from './start-groups';

const id = '01a2107b-73ff-74f1-bdc2-381d295dcadf';
const answer = (name: string): StartAnswer => ({ algorithm: { id, owner: 'bob', name }, tag: `0:${'0'.repeat(64)}`, unchanged: true });

/** A delivery plane that answers when the test says so. */
class Plane {
  readonly asked: string[][] = [];
  answer: () => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  startTogether(starts: StartRequest[]): Promise<StartsAnswer['answers']> {
    const names = starts.map((start) => ('name' in start ? start.name : ''));
    this.asked.push(names);
    return new Promise((resolve, reject) => {
      this.answer = () => resolve(names.map((name) => (name === 'gone' ? { error: { status: 404, code: 1000, message: 'no such algorithm' } } : name === 'large' ? { askAlone: true } : answer(name))));
      this.fail = reject;
    });
  }

  start(): Promise<StartAnswer> {
    return Promise.resolve(answer('alone'));
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('starts that come while a request is under way go together in the next one, each with its own answer', async () => {
  const plane = new Plane();
  const groups = new StartGroups(plane, () => 1_000);
  const ask = (name: string) => groups.ask({ owner: 'bob', name }).then((each) => ('unchanged' in each ? each.algorithm.name : ''), (error: Error) => error.message);
  const first = ask('one');
  await turn();
  const later = [ask('two'), ask('gone'), ask('large')];
  await turn();
  expect(plane.asked).toEqual([['one']]);
  plane.answer();
  expect(await first).toBe('one');
  await turn();
  expect(plane.asked).toEqual([['one'], ['two', 'gone', 'large']]);
  plane.answer();
  expect(await Promise.all(later)).toEqual(['two', 'no such algorithm', 'alone']);
});

test('with the delivery plane away those who wait are told at once, and the next start asks anew', async () => {
  const plane = new Plane();
  const groups = new StartGroups(plane, () => 1_000);
  const first = groups.ask({ owner: 'bob', name: 'one' });
  await turn();
  const second = groups.ask({ owner: 'bob', name: 'two' });
  plane.fail(new Away('away'));
  await expect(first).rejects.toThrow('away');
  await expect(second).rejects.toThrow('away');
  const third = groups.ask({ owner: 'bob', name: 'three' });
  await turn();
  plane.answer();
  expect(await third).toMatchObject({ unchanged: true });
});
