import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { slowed } from '@/e2e/support/slowness';
import { PluginError } from './plugin-error';
import { resourcesOf } from './process-table';
import { TestClients, type TestClientOptions } from './testing/clients';

/** What every caller is promised, in milliseconds; a call that hangs takes its time-out, set to less than that here. */
const PROMISED = 3_000;
const TIME_OUT = 1_000;

/** A provider that behaves, asked all the time while the others do not. */
let witness: { clients: TestClients; asked: number; slowest: number; failures: unknown[]; stop: () => Promise<void> };

beforeAll(async () => {
  const clients = new TestClients();
  const store = path.join(clients.folder, 'store');
  mkdirSync(store);
  const client = await clients.make('file-store', { folder: store });
  const { providerKey } = await client.createSecret('undisturbed');
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const began = performance.now();
      await client.getSecret(providerKey).catch((error: unknown) => witness.failures.push(error));
      witness.slowest = Math.max(witness.slowest, performance.now() - began);
      witness.asked++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const stop = async () => {
    isOver = true;
    await asking;
    await clients.end();
  };
  witness = { clients, asked: 0, slowest: 0, failures: [], stop };
});
afterAll(() => witness.stop());

let clients: TestClients;
beforeEach(() => {
  clients = new TestClients();
  witness.asked = 0;
  witness.slowest = 0;
});
afterEach(async () => {
  await clients.end();
  expect(witness.failures).toEqual([]);
  expect(witness.asked).toBeGreaterThan(0);
  expect(witness.slowest).toBeLessThan(slowed(PROMISED));
});

const hostile = (configuration: Record<string, string>, options: TestClientOptions = {}) =>
  clients.make('hostile', configuration, { ...options, settings: { callTimeoutMs: TIME_OUT, ...options.settings } });

/** How a call failed, and in which time. */
async function failureOf(call: Promise<unknown>): Promise<{ failure: PluginError; ms: number }> {
  const began = performance.now();
  const failure = await call.then(
    (value) => Promise.reject(new Error(`It succeeded: ${String(JSON.stringify(value)).slice(0, 200)}`)),
    (error: unknown) => error,
  );
  if (!(failure instanceof PluginError)) throw failure;
  return { failure, ms: performance.now() - began };
}

const ends = () => clients.events.filter((event) => event.type === 'ended');

describe.each(['plain', 'bubblewrap'] as const)('in the tier %s or the strongest below it', (tier) => {
  test.each([
    ['exit', 'killed', /ended by itself \(exit code 0\)/],
    ['halt', 'killed', /ended by itself \(exit code 0\)/],
    ['crash', 'killed', /crashed/],
    ['heap', 'killed', /ran out of its heap of 64 MiB/],
    ['close-output', 'killed', /closed its standard output/],
    ['stack', 'plugin', /StackOverflowError/],
    ['direct', 'plugin', /OutOfMemoryError/],
    ['throw-evil', 'plugin', /message cannot be read/],
    ['throw-long', 'plugin', /message of 1000000 characters/],
    ['throw-error', 'plugin', /Error/],
    ['sneak', 'plugin', /IOException/],
  ] as const)('%s: the call fails as %s, saying so, and nobody else notices', async (what, kind, says) => {
    // None of these waits for the time-out, whatever time they take here.
    const client = await hostile({ what }, { tier, settings: { callTimeoutMs: 60_000 } });
    await client.capabilities();
    const { failure, ms } = await failureOf(client.getSecret('any'));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toMatch(says);
    expect(failure.message.length).toBeLessThan(2_500);
    expect(ms).toBeLessThan(slowed(PROMISED));
  });

  test('memory outside the heap is bounded', async () => {
    const client = await hostile({ what: 'native' }, { tier, settings: { callTimeoutMs: 60_000 } });
    await client.capabilities();
    const pid = client.status().pid ?? 0;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, resourcesOf(pid).residentBytes)), 20);
    const { failure, ms } = await failureOf(client.createSecret('value').then(({ providerKey }) => client.getSecret(providerKey)));
    clearInterval(watch);
    expect(['killed', 'plugin']).toContain(failure.kind);
    expect(failure.message).toMatch(/MiB of memory|OutOfMemoryError|crashed|ended by itself/);
    expect(most).toBeLessThan(1_000 * 2 ** 20);
    expect(ms).toBeLessThan(slowed(PROMISED * 2)); // two processes, since a read is repeated
    await expect.poll(() => ends().length, { timeout: 30_000 }).toBeGreaterThan(0);
  });

  test('threads without end are ended', async () => {
    const client = await hostile({ what: 'threads' }, { tier, settings: { callTimeoutMs: 60_000 } });
    await client.capabilities();
    const { failure } = await failureOf(client.getSecret('any'));
    expect(['killed', 'plugin']).toContain(failure.kind);
    await expect.poll(() => ends().length, { timeout: 30_000 }).toBeGreaterThan(0);
  });
});

test('an endless loop fails with the time-out, and its process is ended', async () => {
  const client = await hostile({ what: 'loop' });
  await client.capabilities();
  const { failure, ms } = await failureOf(client.getSecret('any'));
  expect(failure).toMatchObject({ kind: 'timeout', reached: true });
  expect(ms).toBeGreaterThan(TIME_OUT - 50);
  expect(ms).toBeLessThan(slowed(TIME_OUT + 1_000));
  await expect.poll(() => ends().at(-1)?.reason, { timeout: 30_000 }).toContain('kept 1 thread');
  expect((await client.createSecret('value')).providerKey).toBe('key-1');
});

test('a call that heeds the interruption costs no process', async () => {
  const client = await hostile({ what: 'hang' });
  await client.capabilities();
  const { pid } = client.status();
  expect((await failureOf(client.getSecret('any'))).failure.kind).toBe('timeout');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await client.createSecret('value');
  expect(client.status().pid).toBe(pid);
});

test('calls that keep their threads end the process when there are too many, however busy it is', async () => {
  const client = await hostile({ what: 'loop' }, { settings: { stuckCalls: 2 } });
  const { providerKey } = await client.createSecret('value');
  const busy = setInterval(() => void client.getSecretVersion(providerKey).catch(() => undefined), 5);
  const calls = await Promise.all([1, 2, 3].map(() => failureOf(client.getSecret('any'))));
  expect(calls.every(({ failure }) => failure.kind === 'timeout')).toBe(true);
  await expect.poll(() => ends().at(-1)?.reason, { timeout: 30_000 }).toMatch(/kept \d threads/);
  clearInterval(busy);
});

describe.each(['create', 'getTtl'])('during %s, which is a part of each start', (when) => {
  test.each(['hang', 'loop'])('%s fails with the time-out, and no process stays', async (what) => {
    const client = await hostile({ what, when });
    const { failure, ms } = await failureOf(client.capabilities());
    expect(failure).toMatchObject({ kind: 'timeout', message: expect.stringContaining('create did not answer within 1 s') });
    expect(ms).toBeLessThan(slowed(PROMISED));
    await expect.poll(() => ends().length, { timeout: 30_000 }).toBe(1);
  });

  test.each(['exit', 'halt', 'heap'])('%s fails with what the process did', async (what) => {
    const client = await hostile({ what, when }, { settings: { callTimeoutMs: 60_000 } });
    const { failure, ms } = await failureOf(client.capabilities());
    expect(failure).toMatchObject({ kind: 'killed', message: expect.stringMatching(/exit code 0|ran out of its heap/) });
    expect(ms).toBeLessThan(slowed(PROMISED));
  });
});

describe('rubbish', () => {
  test('on System.out goes to the log, however much there is', async () => {
    const client = await hostile({ what: 'print', text: 'from the plugin\n', limit: '200000' }, { settings: { callTimeoutMs: 60_000 } });
    expect((await client.getSecret('any')).value).toBe('print');
    await expect.poll(() => client.log(), { timeout: 30_000 }).toContain('•••');
    expect(client.log().length).toBeLessThan(100_000);
    expect(process.memoryUsage().rss).toBeLessThan(600 * 2 ** 20);
  });

  test('on the descriptor of the protocol is ignored', async () => {
    const client = await hostile({ what: 'descriptor', limit: '20', text: '7,"result":{"value":"forged' });
    for (let i = 0; i < 5; i++) expect((await client.getSecret('any')).value).toBe('descriptor');
  });

  test('on the descriptor without end ends the process', async () => {
    const client = await hostile({ what: 'descriptor', limit: '1000000', text: 'x\n' }, { settings: { callTimeoutMs: 60_000 } });
    await client.capabilities();
    const { failure } = await failureOf(client.getSecret('any'));
    expect(failure).toMatchObject({ kind: 'killed', message: expect.stringContaining('standard output') });
  });

  test('in one endless line ends the process, and takes no memory here', async () => {
    const client = await hostile({ what: 'descriptor', limit: '1000000', text: 'x'.repeat(1_000) }, { settings: { callTimeoutMs: 60_000 } });
    await client.capabilities();
    const before = process.memoryUsage().rss;
    const { failure } = await failureOf(client.getSecret('any'));
    expect(failure).toMatchObject({ kind: 'killed', message: expect.stringContaining('4 MiB') });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20);
  });

  test('that looks like an answer to nobody is rubbish', async () => {
    const client = await hostile({ what: 'descriptor', limit: '10', text: '999999,"result":{"value":"forged"}}\n' });
    expect((await client.getSecret('any')).value).toBe('descriptor');
  });
});

test.each([
  ['5', 'plugin', /4 MiB/],
  ['1024', 'killed', /heap/],
] as const)('a value of %s MiB fails as %s', async (limit, kind, says) => {
  const client = await hostile({ what: 'huge', limit }, { settings: { callTimeoutMs: 60_000 } });
  await client.capabilities();
  const { failure, ms } = await failureOf(client.getSecret('any'));
  expect(failure.kind).toBe(kind);
  expect(failure.message).toMatch(says);
  expect(ms).toBeLessThan(slowed(PROMISED));
});

test('System.in is empty, and one that steals requests fails with the time-out', async () => {
  const client = await hostile({ what: 'read-input' });
  expect((await client.getSecret('any')).value).toBe('-1');
  const stealing = await hostile({ what: 'steal-input' });
  await stealing.capabilities();
  expect((await failureOf(stealing.getSecret('any'))).failure.kind).toMatch(/timeout|killed/);
});

test('threads that are no daemons, with a hook that hangs, do not keep it from ending', async () => {
  const client = await hostile({ what: 'non-daemon' });
  expect((await client.getSecret('any')).value).toBe('non-daemon');
  const began = performance.now();
  await client.stop();
  expect(performance.now() - began).toBeLessThan(4_000);
  expect(clients.events.at(-1)).toMatchObject({ type: 'ended', wasWanted: true });
});

test('its words cannot move a terminal’s cursor or turn a page’s text around', async () => {
  const client = await hostile({ what: 'throw-key' });
  await client.capabilities();
  const { failure } = await failureOf(client.getSecret('red \u001b[31m\r\nsecond\u202eline'));
  expect(failure.message).toMatch(/red {2}\[31m second line/);
});
