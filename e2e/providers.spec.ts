import path from 'node:path';
import type { Page } from '@playwright/test';
import { notFoundNote, settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { setScene, type Scene } from '@/e2e/support/scene';
import { become, theAdmin, theOperator } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';
import { moduleBytes } from '@/lib/plugins/inspect/testing/modules';
import { projectRoot } from '@/server/root';
import { expect, test } from './support/test';

const configurationValue = 'Kx4-typed-once-and-never-shown';
/** Unlike every other one: a module is stored once, by its hash, under the name that it came with first. */
const ownBytes = () => moduleBytes([{ name: 'own.txt', content: uniqueName('own') }]);
const jar = (bytes: Buffer = ownBytes(), name = 'small-plugin-1.0.0.jar') => ({ name, mimeType: 'application/java-archive', buffer: bytes });

test.use({ expectedConsoleErrors: [/status of 4\d\d/] });

async function open(page: Page, address: string): Promise<void> {
  await become(page, theAdmin);
  await page.goto(address);
  await settled(page);
}

async function addProvider(page: Page, name: string): Promise<void> {
  await open(page, paths.secretStore());
  await page.getByRole('link', { name: 'New Provider' }).click();
  await page.getByRole('heading', { level: 1, name: 'New secret provider' }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Description').fill('From the tests of the pages');
  await expect(page.getByLabel('Interface Version')).toHaveValue('v1.0.0');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Upload Module File' }).click()]);
  await chooser.setFiles(jar());
  await page.getByRole('button', { name: 'Add Pair' }).click();
  await page.getByLabel('Key', { exact: true }).fill('vault_addr');
  await page.getByLabel('Value', { exact: true }).fill(configurationValue);
  await page.getByRole('button', { name: 'Add Pair' }).click();
  await page.getByLabel('Key', { exact: true }).nth(1).fill('vault_token');
  await page.getByLabel('Value', { exact: true }).nth(1).fill(configurationValue);
  await expect(page.getByLabel('Provider factory classname')).toHaveValue('com.example.Factory');
  await page.getByRole('button', { name: 'Add Secret Provider' }).click();
  await expect(page.getByRole('heading', { level: 2, name })).toBeVisible();
}

const row = (page: Page, name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });

async function providerNamed(name: string) {
  const answer = await (await theOperator()).done('GET', '/v1/admin/secret-provider');
  const list = JSON.parse(answer.text) as { name: string; id: string; configurationKeys: string[]; moduleSha256: string; description: string }[];
  return list.find((each) => each.name === name);
}

test('an admin adds a provider with its module, changes it while values are kept, and removes it', async ({ page }) => {
  const name = uniqueName('small_plugin');
  await addProvider(page, name);
  await expect(row(page, name)).toContainText('small-plugin-1.0.0.jar');
  await expect(row(page, name)).not.toContainText('Module missing');
  expect(await providerNamed(name)).toMatchObject({ configurationKeys: ['vault_addr', 'vault_token'], moduleSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });

  await page.getByRole('link', { name: `Update ${name}` }).click();
  await page.getByRole('heading', { level: 1, name: 'Update secret provider' }).waitFor();
  await expect(page.getByText('Set. Leave blank to keep.')).toHaveCount(2);
  expect(await page.content()).not.toContain(configurationValue);
  await page.getByRole('button', { name: 'Replace vault_addr' }).click();
  await page.getByLabel('Value', { exact: true }).fill('another');
  await page.getByRole('button', { name: 'Undo: keep the stored value of vault_addr' }).click();
  await page.getByRole('button', { name: 'Remove vault_token' }).click();
  await expect(page.getByText('Removed when you save')).toBeVisible();
  await page.getByRole('button', { name: 'Undo: keep the stored value of vault_token' }).click();
  await page.getByRole('button', { name: 'Remove vault_token' }).click();
  await page.getByLabel('Description').fill('Changed');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(row(page, name)).toContainText('Changed');
  expect(await providerNamed(name)).toMatchObject({ configurationKeys: ['vault_addr'], description: 'Changed' });

  await page.getByRole('button', { name: `Remove ${name}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Type .* to confirm$/).fill(name);
  await dialog.getByRole('button', { name: 'Remove provider' }).click();
  await expect(page.getByRole('heading', { level: 2, name })).toHaveCount(0);
  expect(await providerNamed(name)).toBeUndefined();
});

test('a file that is no module is refused with its reason, and what was typed stays', async ({ page }) => {
  const name = uniqueName('refused');
  await open(page, paths.newProvider());
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Add Pair' }).click();
  await page.getByLabel('Key', { exact: true }).fill('vault_token');
  await page.getByLabel('Value', { exact: true }).fill(configurationValue);
  await page.locator('input[type=file]').setInputFiles(jar(moduleBytes([{ name: '../../etc/cron.d/x', content: 'x' }]), 'evil.jar'));
  const refusal = page.getByRole('alert').filter({ hasText: 'evil.jar was refused.' });
  await expect(refusal).toContainText('../../etc/cron.d/x');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
  await expect(page.getByLabel('Value', { exact: true })).toHaveValue(configurationValue);
  expect(await providerNamed(name)).toBeUndefined();

  await page.getByLabel('Upload Module File', { exact: true }).setInputFiles(jar());
  await expect(refusal).toHaveCount(0);
  await page.getByLabel('Provider factory classname').fill('com.example.Other');
  await page.getByRole('button', { name: 'Add Secret Provider' }).click();
  await expect(page.getByText(/has no factory of this name/)).toBeVisible();
  expect(await providerNamed(name)).toBeUndefined();
  await page.getByRole('radio', { name: 'com.example.Factory' }).check();
  await page.getByRole('button', { name: 'Add Secret Provider' }).click();
  await expect(row(page, name)).toContainText('small-plugin-1.0.0.jar');
});

test('a provider without a module waits for it in its row, and takes it there', async ({ page }) => {
  const name = uniqueName('waiting');
  await (await theOperator()).done('POST', '/v1/admin/secret-provider', { name, factoryClassName: 'com.example.Factory' });
  await open(page, paths.secretStore());
  await expect(row(page, name)).toContainText('Module missing');
  const file = row(page, name).locator('input[type=file]');
  await file.setInputFiles(jar(Buffer.from('no archive'), 'text.jar'));
  await expect(row(page, name).getByRole('alert')).toContainText('text.jar was refused.');
  await file.setInputFiles(jar());
  await expect(row(page, name)).not.toContainText('Module missing');
  await expect(row(page, name)).toContainText('small-plugin-1.0.0.jar');
});

test('a second pair with the same key is an error at both, and mending one clears both', async ({ page }) => {
  await open(page, paths.newProvider());
  await page.getByLabel('Name', { exact: true }).fill(uniqueName('twice'));
  await page.getByLabel('Provider factory classname').fill('a.B');
  for (const at of [0, 1]) {
    await page.getByRole('button', { name: 'Add Pair' }).click();
    await page.getByLabel('Key', { exact: true }).nth(at).fill('same');
  }
  await page.getByRole('button', { name: 'Add Secret Provider' }).click();
  await expect(page.getByText('Another pair has this key. Keep one of them.')).toHaveCount(2);
  await page.getByLabel('Key', { exact: true }).nth(1).fill('other');
  await expect(page.getByText('Another pair has this key. Keep one of them.')).toHaveCount(0);
});

test.describe('Test provider', () => {
  const built = path.join(projectRoot, 'plugins/contract-tests/target/jars/file-store.jar');

  test('runs each step before the provider is added, and says why one failed', async ({ page }) => {
    await open(page, paths.newProvider());
    await expect(page.getByText('A test needs a module.')).toBeVisible();
    await page.getByLabel('Name', { exact: true }).fill(uniqueName('tested'));
    await page.locator('input[type=file]').setInputFiles(built);
    await expect(page.getByLabel('Provider factory classname')).toHaveValue('com.example.filestore.FileStoreFactory');
    await page.getByRole('button', { name: 'Add a pair for folder' }).click();
    await page.getByLabel('Value', { exact: true }).fill('/no/such/folder');
    await page.getByRole('button', { name: 'Test provider' }).click();
    await expect(page.getByText(/^Failed at step \d of \d$/)).toBeVisible({ timeout: 30_000 });
    await page.getByLabel('Value', { exact: true }).fill('.');
    await page.getByRole('button', { name: 'Test provider' }).click();
    await expect(page.getByText(/steps passed in/)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem')).toHaveCount(7);
  });
});

test('an upload can be cancelled, and the next one counts', async ({ page }) => {
  await open(page, paths.newProvider());
  await page.route('**/v1/admin/plugins/secret-provider/module', () => undefined, { times: 1 });
  await page.locator('input[type=file]').setInputFiles(jar(ownBytes(), 'slow.jar'));
  await expect(page.getByRole('progressbar', { name: 'Upload of slow.jar' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel the upload of slow.jar' }).click();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await page.locator('input[type=file]').setInputFiles(jar());
  await expect(page.getByText('small-plugin-1.0.0.jar', { exact: true })).toBeVisible();
});

test.describe('a cluster viewer', () => {
  test.use({ expectedConsoleErrors: [notFoundNote] });
  let scene: Scene;
  test.beforeAll(async () => {
    scene = await setScene();
  });

  test('sees providers and their modules, and no button that changes one', async ({ page }) => {
    await become(page, scene.people.viewer);
    await page.goto(paths.secretStore());
    await settled(page);
    const main = page.getByRole('main');
    await expect(main.getByText('platform-secrets-1.0.0.jar').first()).toBeVisible();
    await expect(main.getByRole('button', { name: /Update|Remove|Actions|Upload|Add|Test/ })).toHaveCount(0);
    await expect(main.getByRole('link', { name: /Update|Replace|New Provider|Change/ })).toHaveCount(0);
    expect((await page.goto(paths.newProvider()))?.status()).toBe(404);
  });
});
