import http from 'node:http';
import https from 'node:https';
import { z } from 'zod';
import { signBytes } from '@/lib/crypto/sign';
import { sessionStatement } from '@/lib/crypto/statement';
import { challengeAnswer, errorBody, limits, sessionAnswer, startAnswer, startsAnswer, type StartAnswer, type StartRequest, type StartsAnswer } from '@/lib/schemas/delivery';
import type { Identity } from './identity';
import { software } from './version';

/** The delivery plane is away, or something on the way to it: a worker goes on with what it has. */
export class Away extends Error {
  override readonly name = 'Away';
}

/** The delivery plane answered, and said no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(readonly status: number, readonly code: number, message: string) {
    super(message);
  }
}

interface Call {
  method?: 'GET' | 'POST';
  body?: unknown;
  token?: string | undefined;
  /** Until the answer begins. */
  timeoutMs?: number;
}

/** Requests to the delivery plane, over a few connections that stay open. Time is measured by a clock that nobody sets. */
export class DeliveryClient {
  readonly #identity: Identity;
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 64, keepAliveMsecs: 10_000 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 64, keepAliveMsecs: 10_000 }),
  };
  #server: string;
  #session: { token: string; until: number } | undefined;
  #beginning: Promise<string> | undefined;

  constructor(identity: Identity, server: string) {
    this.#identity = identity;
    this.#server = server;
  }

  get server(): string {
    return this.#server;
  }

  moveTo(server: string): void {
    this.#server = server;
    this.#session = undefined;
  }

  #open(path: string, { method = 'POST', body, token, timeoutMs = 5_000 }: Call, answered: (response: http.IncomingMessage) => void, failed: (error: Error) => void): http.ClientRequest {
    const url = new URL(`/worker/v1/${path}`, this.#server);
    const text = body === undefined ? '' : JSON.stringify(body);
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request(url, {
      method,
      agent: path === 'changes' ? false : this.#agents[secure ? 'https:' : 'http:'],
      headers: {
        ...(text ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } : {}),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        'User-Agent': software,
      },
    });
    const timer = setTimeout(() => request.destroy(new Away('the delivery plane did not answer in time')), timeoutMs);
    request.on('response', (response) => {
      clearTimeout(timer);
      answered(response);
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      failed(error instanceof Away ? error : new Away(`the delivery plane is away (${'code' in error ? String(error.code) : error.message})`));
    });
    request.end(text);
    return request;
  }

  async #once(path: string, call: Call): Promise<unknown> {
    const { status, text } = await this.#exchange(path, call);
    return answerOf(status, text);
  }

  #exchange(path: string, call: Call): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const request = this.#open(
        path,
        call,
        (response) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          const timer = setTimeout(() => response.destroy(new Away('the answer of the delivery plane took too long')), 20_000);
          response.on('data', (part: Buffer) => {
            bytes += part.length;
            if (bytes > limits.bundleBytes) response.destroy(new Away('the answer of the delivery plane is too large'));
            else parts.push(part);
          });
          response.on('error', (error) => {
            clearTimeout(timer);
            reject(error instanceof Away ? error : new Away('the delivery plane went away while answering'));
          });
          response.on('end', () => {
            clearTimeout(timer);
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') });
          });
        },
        (error) => {
          // A connection that was kept open and had been closed on the other side: that says nothing of the server.
          if (request.reusedSocket && /ECONNRESET|EPIPE/.test(error.message)) this.#exchange(path, call).then(resolve, reject);
          else reject(error);
        },
      );
    });
  }

  async #begin(): Promise<string> {
    const { joined, signKey } = this.#identity;
    if (!joined) throw new Refusal(401, 0, 'This worker has not joined yet.');
    const { challenge, serverId } = parse(challengeAnswer, await this.#once('challenge', { body: {} }));
    if (serverId !== joined.serverId) throw new Refusal(409, 0, 'Another installation answers at the address of the delivery plane.');
    const signature = signBytes(signKey, sessionStatement(serverId, joined.workerId, challenge)).toString('base64url');
    const answer = await this.#once('session', { body: { workerId: joined.workerId, challenge, signature, software } });
    const session = parse(sessionAnswer, answer);
    this.#session = { token: session.token, until: performance.now() + session.expiresIn * 900 };
    return session.token;
  }

  /** A session's token; sessions begin when needed, one at a time. */
  token(): Promise<string> {
    if (this.#session && performance.now() < this.#session.until) return Promise.resolve(this.#session.token);
    this.#beginning ??= this.#begin().finally(() => (this.#beginning = undefined));
    return this.#beginning;
  }

  async #withSession<T>(call: (token: string) => Promise<T>): Promise<T> {
    const token = await this.token();
    try {
      return await call(token);
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 401)) throw error;
      // The session may be over on the server's clock; a worker that was revoked is told so when it begins another.
      if (this.#session?.token === token) this.#session = undefined;
      return call(await this.token());
    }
  }

  /** A request without a session: joining. */
  async plain<Schema extends z.ZodType>(path: string, schema: Schema, body: unknown): Promise<z.output<Schema>> {
    return parse(schema, await this.#once(path, { body }));
  }

  async ask<Schema extends z.ZodType>(path: string, schema: Schema, call: Omit<Call, 'token'> = {}): Promise<z.output<Schema>> {
    return parse(schema, await this.#withSession((token) => this.#once(path, { ...call, token })));
  }

  start(body: StartRequest, timeoutMs: number): Promise<StartAnswer> {
    return this.ask('starts', startAnswer, { body, timeoutMs });
  }

  async startTogether(starts: StartRequest[], timeoutMs: number): Promise<StartsAnswer['answers']> {
    const { answers } = await this.ask('starts', startsAnswer, { body: { starts }, timeoutMs });
    if (answers.length !== starts.length) throw new Away('the delivery plane did not answer each start');
    return answers;
  }

  /** An answer that is bytes, piece by piece. Throws Away, also when it breaks off, or Refusal. */
  async *download(path: string, timeoutMs: number): AsyncGenerator<Uint8Array> {
    const response = await this.#withSession(
      (token) =>
        new Promise<http.IncomingMessage>((resolve, reject) => {
          this.#open(path, { method: 'GET', token, timeoutMs }, (answer) => {
            if (answer.statusCode === 200) return resolve(answer);
            let text = '';
            answer.setEncoding('utf8').on('data', (part: string) => (text = (text + part).slice(0, 10_000)));
            answer.on('end', () => reject(refusalOf(answer.statusCode ?? 0, text)));
            answer.on('error', () => reject(new Away('the delivery plane went away while answering')));
          }, reject);
        }),
    );
    response.setTimeout(timeoutMs, () => response.destroy(new Away('the delivery plane did not go on answering')));
    try {
      for await (const part of response) yield part as Buffer;
      if (!response.complete) throw new Away('the delivery plane went away while answering');
    } catch (error) {
      throw error instanceof Away ? error : new Away('the delivery plane went away while answering');
    }
  }

  /** The stream of changes, a line at a time, until it breaks: silence for three pings is a break. Throws Away or Refusal. */
  async changes(line: (change: unknown) => void, silenceMs: number, signal: AbortSignal): Promise<void> {
    await this.#withSession(
      (token) =>
        new Promise<void>((resolve, reject) => {
          if (signal.aborted) return resolve();
          const request = this.#open('changes', { method: 'GET', token }, (response) => {
            if (response.statusCode !== 200) {
              let text = '';
              response.setEncoding('utf8').on('data', (part: string) => (text = (text + part).slice(0, 10_000)));
              response.on('end', () => reject(refusalOf(response.statusCode ?? 0, text)));
              return;
            }
            let rest = '';
            let timer = setTimeout(() => request.destroy(), silenceMs);
            response.setEncoding('utf8');
            response.on('data', (part: string) => {
              clearTimeout(timer);
              timer = setTimeout(() => request.destroy(), silenceMs);
              const lines = (rest + part).split('\n');
              rest = (lines.pop() ?? '').slice(0, 100_000);
              for (const text of lines) if (text) line(JSON.parse(text));
            });
            response.on('error', () => undefined);
            response.on('close', () => {
              clearTimeout(timer);
              resolve();
            });
          }, reject);
          signal.addEventListener('abort', () => request.destroy(), { once: true });
        }),
    );
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new Away(`something that is no delivery plane of this version answers at its address (${parsed.error.issues[0]?.path.join('.') ?? ''})`);
  return parsed.data;
}

function refusalOf(status: number, text: string): Away | Refusal {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return new Away(`something that is no delivery plane answers at its address (status ${status})`);
  }
  const parsed = errorBody.safeParse(body);
  // A proxy in between that has lost its server, or the server itself without its database.
  if (!parsed.success || status >= 500 || status === 408 || status === 429) return new Away(parsed.data?.error.message ?? `the delivery plane answers with status ${status}`);
  return new Refusal(status, parsed.data.error.code, parsed.data.error.message);
}

function answerOf(status: number, text: string): unknown {
  if (status < 200 || status > 299) throw refusalOf(status, text);
  try {
    return JSON.parse(text);
  } catch {
    throw new Away('something that is no delivery plane answers at its address');
  }
}
