import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { CallTimedOut, ConnectionLost, MessageTooLarge, RpcConnection, RpcError } from './rpc-connection';

afterEach(() => vi.useRealTimers());

function connection() {
  const input = new PassThrough();
  const output = new PassThrough();
  const broken: string[] = [];
  const rpc = new RpcConnection(input, output, (reason) => broken.push(reason));
  const sent: Record<string, unknown>[] = [];
  input.on('data', (chunk: Buffer) => sent.push(...chunk.toString('utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)));
  const says = async (text: string | Buffer) => {
    output.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { rpc, sent, says, broken, output };
}

test('answers find their calls in any order, between rubbish and in pieces', async () => {
  const { rpc, says, sent } = connection();
  const [first, second] = [rpc.call('a', {}, 1_000), rpc.call('b', { x: 1 }, 1_000)];
  await says('rubbish\n\n{"jsonrpc":"2.0","id":2,"resu');
  await says('lt":"two"}\n{"id":99}\nnull\n[]\n"text"\n{"jsonrpc":"2.0","id":1,"result":{"one":1}}\n');
  expect(await first).toEqual({ one: 1 });
  expect(await second).toBe('two');
  expect(sent).toMatchObject([{ id: 1, method: 'a', params: {} }, { id: 2, method: 'b', params: { x: 1 } }]);
});

test('an error has its kind, and strange ones are still errors', async () => {
  const { rpc, says } = connection();
  const calls = [rpc.call('a', {}, 1_000), rpc.call('b', {}, 1_000)].map((call) => call.catch((error: unknown) => error));
  await says('{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"gone","data":{"kind":"not-found","type":"X","trace":"at x"}}}\n');
  await says('{"jsonrpc":"2.0","id":2,"error":{"message":"strange","data":7}}\n');
  expect(await calls[0]).toMatchObject({ kind: 'not-found', message: 'gone', type: 'X', trace: 'at x' });
  expect(await calls[1]).toMatchObject({ kind: 'protocol', message: 'strange' });
  expect(await calls[0]).toBeInstanceOf(RpcError);
});

test('a call that gets no answer is given up, and the host is told', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { rpc, sent, says, broken } = connection();
  const call = rpc.call('a', {}, 1_000).catch((error: unknown) => error);
  vi.advanceTimersByTime(1_001);
  expect(await call).toBeInstanceOf(CallTimedOut);
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent.at(-1)).toEqual({ jsonrpc: '2.0', method: 'cancel', params: { id: 1 } });
  await says('{"jsonrpc":"2.0","id":1,"result":"late"}\n');
  expect(rpc.underWay).toBe(0);
  expect(broken).toEqual([]);
});

test('too long a line, too much rubbish and too many lines of it end the connection, once', async () => {
  const long = connection();
  for (let i = 0; i < 50; i++) await long.says(Buffer.alloc(100_000, 'x'));
  expect(long.broken).toHaveLength(1);
  expect(long.broken[0]).toContain('4 MiB');

  const much = connection();
  for (let i = 0; i < 12; i++) await much.says(`${'x'.repeat(100_000)}\n`);
  expect(much.broken).toHaveLength(1);

  const many = connection();
  await many.says('x\n'.repeat(10_002));
  expect(many.broken).toHaveLength(1);
});

test('rubbish now and then is no reason to end it', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const { says, broken } = connection();
  for (let i = 0; i < 30; i++) {
    vi.setSystemTime(i * 61_000);
    await says(`${'x'.repeat(500_000)}\n`);
  }
  expect(broken).toEqual([]);
});

test('a message of 4 MiB passes, a longer one is not sent', async () => {
  const { rpc, says } = connection();
  await expect(rpc.call('a', { value: 'é'.repeat(2_200_000) }, 1_000)).rejects.toBeInstanceOf(MessageTooLarge);
  const call = rpc.call('a', { value: 'x'.repeat(4_100_000) }, 1_000);
  await says(`${JSON.stringify({ jsonrpc: '2.0', id: 2, result: 'y'.repeat(4_100_000) })}\n`);
  expect(await call).toHaveLength(4_100_000);
});

test('a lost connection fails what was sent, and what comes after as not sent', async () => {
  const { rpc, output, broken } = connection();
  const call = rpc.call('a', {}, 1_000).catch((error: unknown) => error);
  output.end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(broken).toEqual(['closed its standard output']);
  rpc.close();
  expect(await call).toMatchObject({ name: 'ConnectionLost', sent: true });
  await expect(rpc.call('b', {}, 1_000)).rejects.toBeInstanceOf(ConnectionLost);
  await expect(rpc.call('b', {}, 1_000)).rejects.toMatchObject({ sent: false });
});
