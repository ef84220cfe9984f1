import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { startProduct, type Product } from '@/e2e/support/product';
import { DeliveryClient } from '@/worker/delivery-client';
import { Identity } from '@/worker/identity';
import { eachOf } from './each-of';

/** The product as `npm start` runs it, with an admin's API key and a worker's session. */
export class Subject {
  private constructor(
    readonly product: Product,
    readonly headers: Record<string, string>,
    /** A session of the local worker, for the delivery plane. */
    readonly workerHeaders: Record<string, string>,
  ) {}

  static async start(workFolder: string): Promise<Subject> {
    const dataDir = path.join(workFolder, 'product');
    const password = randomBytes(12).toString('hex');
    const product = await startProduct({ dataDir, env: { SECRET_STORE_ADMIN_USERNAME: 'admin', SECRET_STORE_ADMIN_PASSWORD: password } });
    try {
      const key = await makeApiKey(product.url, password);
      return new Subject(product, { authorization: `Simple ${key}`, 'content-type': 'application/json' }, await workerSession(product));
    } catch (error) {
      await product.stop();
      throw error;
    }
  }

  get port(): number {
    return Number(new URL(this.product.url).port);
  }

  get deliveryPort(): number {
    return Number(new URL(this.product.deliveryUrl).port);
  }

  async call<Answer>(method: string, where: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(`${this.product.url}${where}`, { method, headers: this.headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The product answered ${answer.status} to ${method} ${where}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  /** Algorithms of the admin's, each with this many secrets of `value()`. */
  async algorithms(prefix: string, count: number, secretsOfEach: number, value: () => string): Promise<Algorithm[]> {
    return eachOf(Array.from({ length: count }, (_, index) => index), 8, async (index) => {
      const { id, name } = await this.call<{ id: string; name: string }>('POST', '/v1/algorithms/admin', { name: `${prefix}${index}` });
      const secrets: string[] = [];
      for (let n = 0; n < secretsOfEach; n++) {
        const request = { owner_type: 'algorithm', owner_id: id, short_name: `Secret ${n}`, secret_key: `SECRET_${n}`, secret_value: value(), description: ' ' };
        secrets.push((await this.call<{ id: string }>('POST', `/v1/algorithms/${id}/secrets`, request)).id);
      }
      return { id, owner: 'admin', name, secrets };
    });
  }

  stop(): Promise<number | null> {
    return this.product.stop();
  }
}

export interface Algorithm {
  id: string;
  owner: string;
  name: string;
  secrets: string[];
}

async function makeApiKey(url: string, password: string): Promise<string> {
  const jar = new Map<string, string>();
  const take = (answer: Response) => {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair);
    }
  };
  const cookie = () => [...jar.values()].join('; ');
  const first = await fetch(`${url}/api/auth/csrf`);
  take(first);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const form = new URLSearchParams({ csrfToken, username: 'admin', password, json: 'true' });
  take(await fetch(`${url}/api/auth/callback/credentials`, { method: 'POST', headers: { cookie: cookie(), origin: url }, body: form, redirect: 'manual' }));
  const answer = await fetch(`${url}/v1/users/admin/keys`, {
    method: 'POST',
    headers: { cookie: cookie(), origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ key_type: 'PlatformAdminKey', key_label: 'bench' }),
  });
  if (!answer.ok) throw new Error(`No API key: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { api_key: string }).api_key;
}

async function workerSession(product: Product): Promise<Record<string, string>> {
  const identity = Identity.find(path.join(product.dataDir, 'worker'));
  if (!identity) throw new Error('The local worker has no identity yet');
  const client = new DeliveryClient(identity, product.deliveryUrl);
  const token = await client.token();
  client.close();
  return { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
}
