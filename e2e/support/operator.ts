import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, type Launched, type Settings } from '@/e2e/support/product';
import { send, type Answer, type JsonBody } from '@/e2e/support/http';
import { projectRoot } from '@/server/root';

/** What tests of the whole product sign in with; given to the first start as the first admin's. */
export const adminPassword = 'correct horse battery staple';
export const asAdmin: Settings = { SECRET_STORE_ADMIN_USERNAME: 'admin', SECRET_STORE_ADMIN_PASSWORD: adminPassword };

const cookiesOf = ({ headers }: Answer) => (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '');

/** Signs in as a browser does, and makes an API key of the admin's. */
export async function makeAdminKey(url: string): Promise<string> {
  const form = await send(url, { path: '/api/auth/csrf' });
  const fields = new URLSearchParams({ csrfToken: String(form.json().csrfToken), username: 'admin', password: adminPassword, callbackUrl: url });
  const signedIn = await send(url, {
    method: 'POST',
    path: '/api/auth/callback/credentials',
    headers: { cookie: cookiesOf(form).join('; '), 'content-type': 'application/x-www-form-urlencoded' },
    body: fields.toString(),
  });
  const made = await send(url, {
    method: 'POST',
    path: '/v1/users/admin/keys',
    headers: { cookie: cookiesOf(signedIn).join('; '), 'content-type': 'application/json' },
    body: { key_type: 'AlgorithmKey' },
  });
  if (made.status !== 200) throw new Error(`no key: ${signedIn.status}, ${made.status} ${made.text}`);
  return String(made.json().api_key);
}

/** The API of a running product, with a key. */
export class Operator {
  constructor(readonly url: string, readonly key: string) {}

  call(method: string, path: string, body?: JsonBody): Promise<Answer> {
    return send(this.url, { method, path, headers: { authorization: `Simple ${this.key}` }, ...(body && { body }) });
  }

  /** As `call`; throws unless it succeeds. */
  async done(method: string, path: string, body?: JsonBody): Promise<Answer> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** Creates admin/NAME; returns its id. */
  async createAlgorithm(name: string): Promise<string> {
    return String((await this.done('POST', '/v1/algorithms/admin', { name })).json().id);
  }

  /** Returns the secret's id. */
  async createSecret(algorithmId: string, key: string, value: string): Promise<string> {
    const body = { short_name: key, secret_key: key, secret_value: value };
    return String((await this.done('POST', `/v1/algorithms/${algorithmId}/secrets`, body)).json().id);
  }

  updateSecret(algorithmId: string, secretId: string, value: string): Promise<Answer> {
    return this.done('PUT', `/v1/algorithms/${algorithmId}/secrets/${secretId}`, { secret_value: value });
  }
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `npx secret-store …` with the agent of a data folder, run by the tests' own Node unless another is named. */
export function secretStore(dataDir: string, args: string[], { input = '', node = process.execPath }: { input?: string; node?: string | undefined } = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const program = path.join(projectRoot, 'worker/bin/secret-store.mjs');
    const child = spawn(node, [program, ...args], { env: { PATH: process.env.PATH, NODE_ENV: 'production', SECRET_STORE_DATA_DIR: dataDir }, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

/** What a program that is started as the algorithm finds in a variable. Throws what the command line said when it is not started. */
export async function valueInside(dataDir: string, algorithm: string, variable: string, node?: string): Promise<string> {
  const { code, stdout, stderr } = await secretStore(dataDir, ['run', algorithm, '--', process.execPath, '-e', 'process.stdout.write(String(process.env[process.argv[1]]))', variable], { node });
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return stdout;
}

/** Waits until `look` answers something true; throws with what was waited for. */
export async function until<T>(look: () => Promise<T | undefined | false>, what: string, timeout = 60_000): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await sleep(25);
  }
}

/** Starts the product without waiting for health, for starts that are meant to be refused or to lack a part. */
export async function launchUntilAnswer(env: Settings, status: number): Promise<Launched & { health: JsonBody }> {
  const launched = launch(env);
  let isOver = false;
  void launched.exited.then(() => (isOver = true));
  const url = `http://localhost:${env.PORT}`;
  const health = await until(async () => {
    if (isOver) throw new Error(`it ended: ${launched.output()}`);
    const answer = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
    if (answer?.status !== status) return undefined;
    return (await answer.json()) as JsonBody;
  }, `health ${status}`, 180_000).catch((error: unknown) => {
    launched.child.kill('SIGINT');
    throw error;
  });
  return { ...launched, health };
}

/** Ends a launched product by Ctrl-C. */
export async function stopLaunched({ child, exited }: Launched): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
  await exited;
}
