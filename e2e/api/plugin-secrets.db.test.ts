import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PluginScene } from '@/e2e/support/plugin-scene';
import { refusalOf } from '@/e2e/support/secrets';

let scene: PluginScene;
beforeAll(async () => {
  scene = await PluginScene.start();
});
afterAll(() => scene?.end());

describe('a secret on a provider with a plugin', () => {
  test('goes to its backend, is changed and deleted there, and leaves its metadata here only', async () => {
    const { id, folder } = await scene.fileStore();
    const made = await scene.create(id, { secret_value: 'multi\nline ✓\n' });
    expect([made.status, made.text]).toEqual([200, made.text]);
    const secretId = String(made.json().id);
    expect(Object.values(scene.entries(folder))).toEqual(['multi\nline ✓\n']);
    expect((await scene.edit(secretId, { secret_value: 'another' })).status).toBe(200);
    expect(Object.values(scene.entries(folder))).toEqual(['another']);
    expect((await scene.remove(secretId)).status).toBe(204);
    expect(scene.entries(folder)).toEqual({});
    expect(refusalOf(await scene.remove(secretId))).toEqual([404, 8008]);
    expect(await scene.intents()).toEqual([]);
    expect(await scene.eventsOf(secretId)).toEqual(['secret.create done', 'secret.update done', 'secret.remove done']);
  });
});
