import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalOf } from '@/e2e/support/secrets';
import type { PluginScene } from '@/e2e/support/plugin-scene';
import type { ProviderHealthView } from '@/lib/schemas/provider';

// Read once by the whole process, so before anything of the product is loaded.
process.env.SECRET_STORE_JAVA = '/nonexistent/java';

let scene: PluginScene;
beforeAll(async () => {
  const { PluginScene: Scene } = await import('@/e2e/support/plugin-scene');
  scene = await Scene.start();
});
afterAll(() => scene?.end());

test('without a Java a secret on a plugin is refused with what to install, and all else works', async () => {
  const { id } = await scene.fileStore();
  const answer = await scene.create(id);
  expect(refusalOf(answer)).toEqual([502, 8009]);
  expect(answer.json<{ error: { message: string } }>().error.message).toMatch(/no Java at \/nonexistent\/java.*Install a Java runtime, 17 or later/);
  expect((await scene.create(scene.api.internalProvider)).status).toBe(200);
  const health = (await scene.api.call('GET', `/v1/admin/secret-provider/${id}/health`, { as: scene.api.admin })).json<ProviderHealthView>();
  expect(health.containment).toMatchObject({ tier: '', protects: [] });
  expect(health.containment.reasons.join(' ')).toContain('Install a Java runtime');
  const lines = (await scene.api.call('POST', `/v1/admin/plugins/secret-provider/${id}/test`, { as: scene.api.admin })).text;
  expect(lines).toContain('"step":"start","state":"failed"');
});
