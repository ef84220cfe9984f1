const waiting = new Map<string, Promise<unknown>>();

/** Runs work of one name one after another, in the order in which it came; work of other names at the same time. */
export function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  const mine = (waiting.get(name) ?? Promise.resolve()).then(work, work);
  waiting.set(name, mine);
  const leave = () => {
    if (waiting.get(name) === mine) waiting.delete(name);
  };
  mine.then(leave, leave);
  return mine;
}
