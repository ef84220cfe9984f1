import http from 'node:http';

export interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  /** Text and bytes go as they are; everything else goes as JSON. */
  body?: unknown;
}

export interface Answer {
  status: number;
  reason: string;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** The body as JSON; undefined when there is none. Throws for a body that is no JSON. */
  json<T = JsonBody>(): T;
}

/** What a test reads of an answer without caring for its type. */
export type JsonBody = Record<string, unknown>;

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** One request by node:http, which sends what it is told to: no header is forbidden, no path is normalised. */
export function send(origin: string, { method = 'GET', path, headers = {}, body }: Sent): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  const bytes = body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const length = bytes === undefined ? {} : { 'content-length': String(Buffer.byteLength(bytes)) };
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path, agent, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          headers: response.headers,
          text,
          json: <T>() => (text === '' ? undefined : JSON.parse(text)) as T,
        });
      });
    });
    request.on('error', reject);
    request.end(bytes);
  });
}
