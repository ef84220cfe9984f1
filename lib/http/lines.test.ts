import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Lines, streamOf, writeLines } from '@/lib/http/lines';

/** Lines that end only when the client hangs up, which is told to `onHangUp`. */
const endless = (onHangUp: () => void) =>
  new Lines(async function* produce(signal) {
    try {
      for (let n = 0; !signal.aborted; n++) {
        yield { n, text: 'x'.repeat(10_000) };
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      onHangUp();
    }
  });

const three = new Lines(async function* produce() {
  for (const n of [1, 2, 3]) yield { n, text: 'a\nb' };
});
const whole = '{"n":1,"text":"a\\nb"}\n{"n":2,"text":"a\\nb"}\n{"n":3,"text":"a\\nb"}\n';

async function serving<T>(lines: Lines<unknown>, work: (url: string) => Promise<T>): Promise<T> {
  const server = http.createServer((_incoming, outgoing) => {
    writeLines(lines, outgoing).catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('an answer in lines is the same through both hosts, one object a line', async () => {
  expect(await new Response(streamOf(three)).text()).toBe(whole);
  expect(await serving(three, async (url) => (await fetch(url)).text())).toBe(whole);
});

test('a client that hangs up ends what makes the lines, through both hosts', async () => {
  await new Promise<void>((resolve) => {
    void serving(endless(resolve), async (url) => {
      const response = await fetch(url);
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
      await new Promise((wait) => setTimeout(wait, 500));
    });
  });
  let hungUp = false;
  const reader = streamOf(endless(() => (hungUp = true))).getReader();
  await reader.read();
  await reader.cancel();
  await expect.poll(() => hungUp).toBe(true);
});

test('lines that fail on the way cut the answer off, so that it does not look whole', async () => {
  const failing = new Lines(async function* produce() {
    yield { n: 1 };
    throw new Error('in the middle');
  });
  await expect(serving(failing, async (url) => (await fetch(url)).text())).rejects.toThrow(/terminated|fetch failed/);
  await expect(new Response(streamOf(failing)).text()).rejects.toThrow('in the middle');
});
