import { expect, test } from 'vitest';
import { GroupCommit } from './group-commit';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Batches as they came, each answered when the test says so. */
function commits(mostAtOnce: number): { group: GroupCommit<string, string>; batches: string[][]; finish: (() => void)[]; fail: ((error: Error) => void)[] } {
  const batches: string[][] = [];
  const finish: (() => void)[] = [];
  const fail: ((error: Error) => void)[] = [];
  const run = (batch: string[]): Promise<string[]> => {
    batches.push(batch);
    return new Promise((resolve, reject) => {
      finish.push(() => resolve(batch.map((each) => `${each}!`)));
      fail.push(reject);
    });
  };
  return { group: new GroupCommit(run, 256, mostAtOnce), batches, finish, fail };
}

test('what comes while a batch is under way is the next one, and each has its own answer', async () => {
  const { group, batches, finish } = commits(1);
  const first = group.submit('a');
  await turn();
  const others = ['b', 'c'].map((each) => group.submit(each));
  finish[0]?.();
  expect(await first).toBe('a!');
  while (batches.length < 2) await turn();
  finish[1]?.();
  expect(await Promise.all(others)).toEqual(['b!', 'c!']);
  expect(batches).toEqual([['a'], ['b', 'c']]);
});

test('with one batch at a time, many that wait begin none beside it; with two, they do', async () => {
  for (const [mostAtOnce, begun] of [[1, 1], [2, 2]] as const) {
    const { group, batches } = commits(mostAtOnce);
    void group.submit('first');
    await turn();
    for (let count = 0; count < 20; count++) void group.submit('later');
    await turn();
    expect(batches).toHaveLength(begun);
  }
});

test('after a slow batch, those it answered have time to be in the next one', async () => {
  const { group, batches, finish } = commits(1);
  const first = group.submit('a');
  await turn();
  void group.submit('b');
  await new Promise((resolve) => setTimeout(resolve, 60));
  finish[0]?.();
  await first;
  void group.submit('a again');
  while (batches.length < 2) await turn();
  expect(batches[1]).toEqual(['b', 'a again']);
});

test('those who do not come back are not waited for long', async () => {
  const { group, batches, finish } = commits(1);
  const first = group.submit('a');
  await turn();
  void group.submit('b');
  await new Promise((resolve) => setTimeout(resolve, 60));
  finish[0]?.();
  await first;
  while (batches.length < 2) await turn();
  expect(batches[1]).toEqual(['b']);
});

test('when a batch fails, those that wait fail with it, and what comes afterwards is tried anew', async () => {
  const { group, batches, finish, fail } = commits(1);
  const first = group.submit('a');
  await turn();
  const second = group.submit('b');
  fail[0]?.(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await expect(second).rejects.toThrow('away');
  const third = group.submit('c');
  while (batches.length < 2) await turn();
  finish[1]?.();
  expect(await third).toBe('c!');
});
