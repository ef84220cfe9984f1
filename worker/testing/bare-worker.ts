import type http from 'node:http';
import { generateSeed, importBoxPrivateKey, importSigningKey } from '@/lib/crypto/keys';
import { signBytes } from '@/lib/crypto/sign';
import { joinStatement, sessionStatement } from '@/lib/crypto/statement';
import type { TestCluster } from './cluster';

export interface DeliveryAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** One request to a delivery plane, below `/worker/v1/`. */
export async function callDelivery(url: string, method: string, path: string, options: { body?: string | object; token?: string | undefined } = {}): Promise<DeliveryAnswer> {
  const text = typeof options.body === 'object' ? JSON.stringify(options.body) : options.body;
  const response = await fetch(`${url}/worker/v1/${path}`, {
    method,
    ...(text === undefined ? {} : { body: text }),
    headers: options.token ? { Authorization: `Bearer ${options.token}` } : {},
  });
  const answer = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), body: JSON.parse(answer) as Record<string, unknown> };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** A worker without an agent: joined, approved, with a session. */
export async function enrolBare(cluster: TestCluster): Promise<{ workerId: string; token: string }> {
  const post = (path: string, body?: object) => callDelivery(cluster.url, 'POST', path, body ? { body } : {});
  const boxKey = importBoxPrivateKey(generateSeed()).publicRaw;
  const signKey = importSigningKey(generateSeed());
  const joinToken = await cluster.token({ autoApprove: true });
  const proof = signBytes(signKey, joinStatement(joinToken, { boxKey, signKey: signKey.verifyKey.raw }));
  const joined = await post('join', { token: joinToken, name: 'bench', boxKey: text(boxKey), signKey: text(signKey.verifyKey.raw), proof: text(proof) });
  const workerId = String(joined.body['workerId']);
  const challenge = String((await post('challenge')).body['challenge']);
  const signature = text(signBytes(signKey, sessionStatement(cluster.keyring.id, workerId, challenge)));
  const session = await post('session', { workerId, challenge, signature });
  return { workerId, token: String(session.body['token']) };
}
