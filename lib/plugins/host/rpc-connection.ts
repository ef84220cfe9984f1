import type { Readable, Writable } from 'node:stream';
import { LineReader } from './line-reader';

/** Largest message in either direction, in bytes, as docs/plugin-protocol.md has it. */
const LARGEST = 4 * 1024 * 1024;
/** What a plugin may write between the messages in a minute: half lines, greetings, debugging. */
const JUNK_BYTES = 1024 * 1024;
const JUNK_LINES = 10_000;
const JUNK_WINDOW_MS = 60_000;
/** What may wait for a host that reads nothing. */
const WAITING_BYTES = 32 * 1024 * 1024;

/** The host answered with an error. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  constructor(
    readonly kind: string,
    message: string,
    readonly type: string | undefined,
    readonly trace: string | undefined,
  ) {
    super(message);
  }
}

/** No answer in time; the host was told that nobody waits any more. */
export class CallTimedOut extends Error {
  override readonly name = 'CallTimedOut';
}

/** The host is gone, or will not answer any more. `sent` is false when the request never left. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  constructor(readonly sent: boolean) {
    super('The connection to the plugin host is lost');
  }
}

/** A request that would be longer than a message may be. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge';
}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

const optionalText = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** JSON-RPC with one plugin host: requests out, answers in, in any order. Answers are not trusted to be what they should. */
export class RpcConnection {
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private isLost = false;
  private isCorked = false;
  private junkBytes = 0;
  private junkLines = 0;
  private junkSince = 0;

  /** @param onBroken is told, once, why the host must be ended: it writes rubbish, or reads nothing; `isClosed` when it may be ending by itself */
  constructor(
    private readonly input: Writable,
    output: Readable,
    private readonly onBroken: (reason: string, isClosed: boolean) => void,
  ) {
    const reader = new LineReader(
      LARGEST,
      (line) => this.take(line),
      () => this.broken('wrote more than 4 MiB without a line end to its standard output'),
    );
    output.on('data', (chunk: Buffer) => reader.take(chunk));
    output.on('error', () => {});
    output.once('end', () => this.broken('closed its standard output', true));
    input.on('error', () => this.broken('closed its standard input', true));
  }

  /** Calls that wait for an answer. */
  get underWay(): number {
    return this.waiting.size;
  }

  /** Rejects with RpcError, CallTimedOut, ConnectionLost or MessageTooLarge. */
  call(method: string, params: object, timeoutMs: number): Promise<unknown> {
    if (this.isLost) return Promise.reject(new ConnectionLost(false));
    const id = this.nextId++;
    const text = `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
    // Three bytes a character at most: only a text that could be too long is measured.
    if (text.length * 3 > LARGEST && Buffer.byteLength(text) - 1 > LARGEST) return Promise.reject(new MessageTooLarge());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        this.notify('cancel', { id });
        reject(new CallTimedOut());
      }, timeoutMs);
      this.waiting.set(id, { resolve, reject, timer });
      this.write(text);
    });
  }

  /** Fails all calls under way; none can be made after it. */
  close(): void {
    this.isLost = true;
    const calls = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject, timer } of calls) {
      clearTimeout(timer);
      reject(new ConnectionLost(true));
    }
  }

  private notify(method: string, params: object): void {
    if (!this.isLost) this.write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
  }

  private write(text: string): void {
    if (this.input.writableLength > WAITING_BYTES) {
      this.broken('reads no requests any more');
      return;
    }
    // Calls made in one turn go out in one piece.
    if (!this.isCorked) {
      this.isCorked = true;
      this.input.cork();
      process.nextTick(() => {
        this.isCorked = false;
        this.input.uncork();
      });
    }
    this.input.write(text);
  }

  private take(line: Buffer): void {
    let message: unknown;
    try {
      message = JSON.parse(line.toString('utf8'));
    } catch {
      return this.junk(line);
    }
    if (typeof message !== 'object' || message === null || !('id' in message) || typeof message.id !== 'number') return this.junk(line);
    const call = this.waiting.get(message.id);
    // An answer that came too late is no rubbish, but nobody can tell it from some.
    if (!call) return this.junk(line);
    if ('result' in message) {
      this.settle(message.id, call);
      call.resolve(message.result);
      return;
    }
    const error = 'error' in message && typeof message.error === 'object' && message.error !== null ? message.error : undefined;
    if (!error || !('message' in error) || typeof error.message !== 'string') return this.junk(line);
    const data: object = 'data' in error && typeof error.data === 'object' && error.data !== null ? error.data : {};
    this.settle(message.id, call);
    call.reject(
      new RpcError(
        ('kind' in data && optionalText(data.kind)) || 'protocol',
        error.message.slice(0, 4_000),
        'type' in data ? optionalText(data.type) : undefined,
        'trace' in data ? optionalText(data.trace)?.slice(0, 8_000) : undefined,
      ),
    );
  }

  private settle(id: number, call: Waiting): void {
    this.waiting.delete(id);
    clearTimeout(call.timer);
  }

  private junk(line: Buffer): void {
    const now = Date.now();
    if (now - this.junkSince > JUNK_WINDOW_MS) {
      this.junkSince = now;
      this.junkBytes = 0;
      this.junkLines = 0;
    }
    this.junkBytes += line.length + 1;
    this.junkLines++;
    if (this.junkBytes > JUNK_BYTES || this.junkLines > JUNK_LINES) this.broken('wrote too much to its standard output that is no answer');
  }

  private broken(reason: string, isClosed = false): void {
    if (this.isLost) return;
    this.isLost = true;
    this.onBroken(reason, isClosed);
  }
}
