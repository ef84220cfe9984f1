import net from 'node:net';

/** A request as its bytes; what is measured is the server, so nothing is put together while it runs. */
export function requestBytes(request: { method: string; path: string; headers?: Record<string, string>; body?: string }): Buffer {
  const headers = { host: 'localhost', ...request.headers, ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }) };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${request.method} ${request.path} HTTP/1.1\r\n${head}\r\n${request.body ?? ''}`);
}

const headEnd = Buffer.from('\r\n\r\n');

/** How many bytes the first answer in `bytes` takes, and its status; undefined while it is not whole. */
export function measureAnswer(bytes: Buffer): { length: number; status: number } | undefined {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const body = end + headEnd.length;
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (declared) {
    const length = body + Number(declared[1]);
    return bytes.length >= length ? { length, status } : undefined;
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { length: body, status };
  for (let at = body; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    at = line + 2 + size + 2;
    if (bytes.length < at) return undefined;
    if (size === 0) return { length: at, status };
  }
}

/** One connection that stays open, one request at a time. */
export class Wire {
  readonly #socket: net.Socket;
  #pending: { resolve: (status: number) => void; reject: (error: Error) => void } | undefined;
  #parts: Buffer[] = [];

  private constructor(socket: net.Socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on('data', (part: Buffer) => this.#take(part));
    socket.on('error', (error) => this.#pending?.reject(error));
    socket.on('close', () => this.#pending?.reject(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Wire(socket));
      });
    });
  }

  /** The status of the answer, once it is there whole. */
  send(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(request);
    });
  }

  #take(part: Buffer): void {
    this.#parts.push(part);
    const bytes = this.#parts.length === 1 ? part : Buffer.concat(this.#parts);
    this.#parts = [bytes];
    const answer = measureAnswer(bytes);
    if (!answer) return;
    this.#parts = [];
    this.#pending?.resolve(answer.status);
  }

  close(): void {
    this.#pending = undefined;
    this.#socket.destroy();
  }
}
