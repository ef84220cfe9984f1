import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { databaseAsText, filesAsText, markedText, marksIn } from '@/e2e/support/canary';
import { PluginScene } from '@/e2e/support/plugin-scene';
import { writeHealth } from '@/lib/providers/health';
import { settleIntents } from '@/lib/secrets/settle';

const logged = vi.hoisted(() => ({ lines: [] as string[] }));
vi.mock('@/lib/log', async () => {
  const { default: pino } = await import('pino');
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged.lines.push(chunk.toString('utf8'));
      done();
    },
  });
  return { log: pino({ level: 'trace' }, stream) };
});

let scene: PluginScene;
const answers: string[] = [];

beforeAll(async () => {
  scene = await PluginScene.start();
});
afterAll(() => scene?.end());

async function keep<T extends { text: string }>(answer: Promise<T>): Promise<T> {
  const kept = await answer;
  answers.push(kept.text);
  return kept;
}

const asAdmin = (method: string, path: string, body?: unknown) => keep(scene.api.call(method, path, { as: scene.api.admin, body }));

describe('a value that a plugin gets, or is configured with', () => {
  test('goes through the life of a secret on a provider that behaves', async () => {
    const { id, request } = await scene.fileStore({ unused: markedText() });
    const made = (await keep(scene.create(id, { secret_value: markedText() }))).json();
    await keep(scene.edit(String(made.id), { secret_value: markedText() }));
    await asAdmin('POST', `/v1/admin/secret-provider/${id}`, { ...request, configuration: { ...(request.configuration as object), unused: markedText() } });
    await keep(scene.edit(String(made.id), { secret_value: markedText() }));
    await asAdmin('POST', `/v1/admin/plugins/secret-provider/${id}/test`);
    await asAdmin('GET', `/v1/admin/secret-provider/${id}/health`);
    expect((await keep(scene.remove(String(made.id)))).status).toBe(204);
  });

  test.each(['throw', 'throw-error', 'print-error', 'sneak', 'print'])('is quoted by a plugin in vain: %s', async (what) => {
    for (const when of ['create', 'createSecret', 'updateSecret', 'deleteSecret', 'getSecretVersion']) {
      const { id, request } = await scene.provider('hostile', { what, when, text: markedText(), limit: '2' }, { settings: { callTimeoutSeconds: 5 } });
      const made = (await keep(scene.create(id, { secret_value: markedText() }))).json<{ id?: string }>();
      if (made.id !== undefined) {
        await keep(scene.edit(made.id, { secret_value: markedText() }));
        await keep(scene.remove(made.id));
      }
      await asAdmin('POST', `/v1/admin/plugins/secret-provider/${id}/test`);
      await asAdmin('POST', '/v1/admin/plugins/secret-provider/test', { ...request, configuration: { what, when, text: markedText(), limit: '2' }, providerId: id, moduleSha256: undefined });
      await asAdmin('GET', `/v1/admin/secret-provider/${id}/health`);
      expect((await asAdmin('GET', `/v1/admin/secret-provider/${id}`)).status).toBe(200);
    }
  }, 120_000);

  test('is refused in a form that does not fit, without being repeated', async () => {
    const { id } = await scene.fileStore();
    for (const more of [{ secret_value: [markedText()] }, { secret_value: markedText(), provider_key: markedText() }, { secret_value: undefined, provider_key: markedText() }]) {
      await keep(scene.create(id, more));
      await keep(scene.create(id, more, scene.algorithm, scene.api.admin));
    }
    for (const settings of [{ jvmOptions: [`-javaagent:${markedText()}`] }, { httpsProxy: markedText() }, { extraCaPem: markedText() }, { azureAuthorityHost: markedText() }, { heapMb: markedText() }, { [markedText()]: 1 }]) {
      const answer = await scene.api.call('POST', '/v1/admin/secret-provider', { as: scene.api.admin, body: { name: 'x', factoryClassName: 'x.Y', settings } });
      expect(answer.status).toBe(400);
      if (!Object.keys(settings).some((key) => marksIn(key).length > 0)) answers.push(answer.text);
    }
  });
});

describe('after all of that the mark is in no', () => {
  test('row of the database: no audit event, no intent, no provider', async () => {
    await settleIntents();
    await writeHealth();
    expect(marksIn(await databaseAsText(scene.api))).toEqual([]);
  });
  test('answer', () => {
    expect(answers.length).toBeGreaterThan(100);
    expect(answers.filter((answer) => marksIn(answer).length > 0).slice(0, 5)).toEqual([]);
  });
  test('line of the log', () => {
    expect(logged.lines.length).toBeGreaterThan(0);
    expect(logged.lines.filter((line) => marksIn(line).length > 0).slice(0, 5)).toEqual([]);
  });
  test('file of the data folder', async () => {
    expect(marksIn(await filesAsText(process.env.SECRET_STORE_DATA_DIR ?? ''))).toEqual([]);
  });
});
