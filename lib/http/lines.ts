import type { ServerResponse } from 'node:http';

/** An answer that is sent line by line while it comes about: JSON, one object a line. */
export class Lines<T> {
  /** `produce` is told by its signal when the client hangs up; what it throws cuts the answer off. */
  constructor(readonly produce: (signal: AbortSignal) => AsyncIterable<T>) {}
}

const lineOf = (value: unknown) => `${JSON.stringify(value)}\n`;

/** For a web `Response`. */
export function streamOf(lines: Lines<unknown>): ReadableStream<Uint8Array> {
  const hangUp = new AbortController();
  const iterator = lines.produce(hangUp.signal)[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(Buffer.from(lineOf(value)));
    },
    cancel() {
      hangUp.abort();
      // It looks after what it has begun; nobody waits for it.
      iterator.return?.().catch(() => undefined);
    },
  });
}

/** For node:http, whose head was written already. Resolves when the answer is whole or the client is gone. */
export async function writeLines(lines: Lines<unknown>, outgoing: ServerResponse): Promise<void> {
  const hangUp = new AbortController();
  const whenClosed = () => hangUp.abort();
  outgoing.once('close', whenClosed);
  try {
    for await (const value of lines.produce(hangUp.signal)) {
      if (outgoing.destroyed) break;
      if (!outgoing.write(lineOf(value))) {
        await new Promise<void>((resolve) => {
          outgoing.once('drain', resolve);
          outgoing.once('close', resolve);
        });
      }
    }
    outgoing.end();
  } catch (error) {
    // Half an answer must not look like a whole one.
    outgoing.destroy();
    throw error;
  } finally {
    outgoing.off('close', whenClosed);
  }
}
