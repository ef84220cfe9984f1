import { expect, test } from 'vitest';
import { makePerson, startApi, type Person, type StartOptions, type TestApi } from '@/e2e/support/api';
import { digestOfDatabase } from '@/e2e/support/dump';
import { refusalOf } from '@/e2e/support/secrets';

/** Something of everything that a request can be about. */
export interface Scene {
  api: TestApi;
  ana: Person;
  /** Ids. The secret is the algorithm's and named TAKEN. */
  algorithm: string;
  other: string;
  secret: string;
  disabled: string;
  noModule: string;
  before: Record<string, string>;
}

export async function setScene(options: StartOptions = {}): Promise<Scene> {
  const api = await startApi(options);
  const ana = await makePerson('ana');
  const made = async (path: string, body: unknown, as: Person = ana) => {
    const answer = await api.call('POST', path, { as, body });
    if (answer.status > 299) throw new Error(answer.text);
    return String(answer.json().id);
  };
  const plugin = (name: string, more = {}) => made('/v1/admin/secret-provider', { name, factoryClassName: 'x.Y', ...more }, api.admin);
  const algorithm = await made('/v1/algorithms/ana', { name: 'main' });
  const scene = {
    api, ana, algorithm,
    other: await made('/v1/algorithms/ana', { name: 'other' }),
    secret: await made(`/v1/algorithms/${algorithm}/secrets`, { short_name: 'n', secret_key: 'TAKEN', secret_value: 'v' }),
    disabled: await plugin('disabled', { isEnabled: false }),
    noModule: await plugin('noModule'),
  };
  await made('/v1/organizations', { org_name: 'acme' }, api.admin);
  return { ...scene, before: await digestOfDatabase(api) };
}

export interface Case {
  what: string;
  method: string;
  path: (scene: Scene) => string;
  /** A text and bytes go as they are, all else as JSON. */
  body: (scene: Scene) => unknown;
  refused: readonly [status: number, code: number];
  /** What the message must tell. */
  says?: RegExp | undefined;
}

/** One test a case: an admin sends it, it is refused as the contract says, and no row of the database is another. */
export function testRefused(cases: readonly Case[], scene: () => Scene): void {
  test.each(cases)('$what: $refused, and nothing changes', async ({ method, path, body, refused, says }) => {
    const { api, before } = scene();
    const answer = await api.call(method, path(scene()), { as: api.admin, body: body(scene()), headers: { 'content-type': 'application/json' } });
    expect({ refused: refusalOf(answer), text: answer.text }).toEqual({ refused, text: answer.text });
    if (says) expect(answer.json<{ error: { message: string } }>().error.message).toMatch(says);
    expect(await digestOfDatabase(api)).toEqual(before);
  });
}
