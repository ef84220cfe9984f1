import { afterEach, expect, test } from 'vitest';
import { builtJar, startFakeAzure, startOpenBao, type Backend } from './testing/backends';
import { broken, TestChecks } from './testing/checks';

let checks: TestChecks | undefined;
let backend: Backend | undefined;
afterEach(async () => {
  await backend?.end();
  checks?.end();
});

test.each([
  ['the Vault plugin on a real OpenBao', builtJar('vault', '1.1.0'), startOpenBao, 'vault_token', undefined],
  ['the Azure Key Vault plugin on the fake of its tests', builtJar('azure-key-vault', '1.1.0'), startFakeAzure, 'client_secret', 'Up to 25,600 bytes'],
])('%s keeps every guarantee, and leaves nothing there', async (_name, jar, start, credential, limit) => {
  checks = new TestChecks();
  backend = await start();
  const report = await checks.run(jar, backend.configuration, {}, backend.settings);
  expect(report.results.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect(report).toMatchObject({ conforms: true, left: [] });
  expect(report.results.find(({ id }) => id === `configuration:${credential}`)?.seen).toMatch(/Wrong: .*refuses the/);
  expect(report.results.find(({ id }) => id === 'value-large')?.seen ?? '').toContain(limit ?? '');
  expect(JSON.stringify(report)).not.toContain(backend.configuration[credential]);
  expect(await backend.entries()).toBe(0);
}, 180_000);

test('the Vault plugin with a token that is wrong: create fails, with the words of the plugin', async () => {
  checks = new TestChecks();
  backend = await startOpenBao();
  const report = await checks.run(builtJar('vault', '1.1.0'), { ...backend.configuration, vault_token: 'a-wrong-token' });
  expect(broken(report)).toEqual(['create']);
  expect(report.results.find(({ id }) => id === 'create')).toMatchObject({ seen: expect.stringContaining('token'), cure: expect.stringContaining('put that right') });
}, 180_000);
