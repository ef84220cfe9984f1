import path from 'node:path';
import { filesAsText, markedText, marksIn } from '@/e2e/support/canary';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { builtJar, fileStoreFactory } from '@/e2e/support/plugin-provider';
import { become, theAdmin, theOperator } from '@/e2e/support/visitors';
import { watchPage } from '@/e2e/support/watch-page';
import { paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { expect, test } from './support/test';

test.use({ expectedConsoleErrors: [/status of 4\d\d/] });

/** What the product has in files: logs, modules, plugins' folders. */
async function onDisk(): Promise<string[]> {
  const texts = await Promise.all(['server', 'logs'].map((folder) => filesAsText(path.join(process.env.E2E_DATA_DIR ?? '', folder))));
  return texts.flatMap(marksIn);
}

test('a configuration value that was typed is tested with, saved and failed with, and is on no page after it, in no answer, and in nothing that is kept', async ({ page }) => {
  test.setTimeout(180_000);
  const name = uniqueName('marked_store');
  const seen = watchPage(page);
  await become(page, theAdmin);
  await page.goto(paths.newProvider());
  await settled(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.locator('input[type=file]').setInputFiles(builtJar('file-store'));
  await expect(page.getByLabel('Provider factory classname')).toHaveValue(fileStoreFactory);
  const steps = page.getByRole('list', { name: 'Steps of the test' });
  const pair = async (at: number, key: string, value: string) => {
    await page.getByRole('button', { name: 'Add Pair' }).click();
    await page.getByLabel('Key', { exact: true }).nth(at).fill(key);
    await page.getByLabel('Value', { exact: true }).nth(at).fill(value);
  };
  // A folder that is not there, whose name the plugin would like to quote.
  await pair(0, 'folder', `/nowhere/${markedText()}`);
  await pair(1, 'password', markedText());
  await page.getByRole('button', { name: 'Test provider' }).click();
  await expect(page.getByText(/^Failed at step 1 of \d$/)).toBeVisible({ timeout: 60_000 });
  expect(marksIn(await steps.innerText())).toEqual([]);
  expect(await seen.marksElsewhere()).toEqual([]);

  // A refusal, and a form that is left in the middle: what is typed is in its field, and nowhere else.
  await page.getByLabel('Name', { exact: true }).fill('algorithmia_internal_secret_provider');
  await page.getByRole('button', { name: 'Add Secret Provider' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'The provider was not added.' })).toBeVisible();
  expect(await seen.marksElsewhere()).toEqual([]);
  await page.reload();
  await settled(page);
  expect(await seen.marks()).toEqual([]);

  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.locator('input[type=file]').setInputFiles(builtJar('file-store'));
  await expect(page.getByLabel('Provider factory classname')).toHaveValue(fileStoreFactory);
  await pair(0, 'folder', `/nowhere/${markedText()}`);
  await pair(1, 'password', markedText());
  await page.getByRole('button', { name: 'Add Secret Provider' }).click();
  await expect(page.getByRole('heading', { level: 2, name })).toBeVisible();
  expect(await seen.marks()).toEqual([]);

  // It fails, and says so without the value, wherever one looks.
  const api = await theOperator();
  const provider = (await api.done('GET', '/v1/admin/secret-provider')).json<ProviderView[]>().find((each) => each.name === name);
  const algorithm = await api.createAlgorithm(uniqueName('marked'));
  const refused = await api.call('POST', `/v1/algorithms/${algorithm}/secrets`, { short_name: 'A', secret_key: 'A', secret_value: 'x', provider_id: provider?.id });
  expect([refused.status, marksIn(refused.text)]).toEqual([502, []]);
  for (const address of [paths.secretStore(), paths.updateProvider(provider?.id ?? '')]) {
    await page.goto(address);
    await settled(page);
    expect(await seen.marks()).toEqual([]);
  }
  await page.getByRole('button', { name: 'Replace password' }).click();
  await page.getByLabel('Value', { exact: true }).fill(markedText());
  await page.getByRole('button', { name: 'Test provider' }).click();
  await expect(page.getByText(/^Failed at step 1 of \d$/)).toBeVisible({ timeout: 60_000 });
  expect(marksIn(await steps.innerText())).toEqual([]);
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Secret store' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Update secret provider' })).toBeVisible();
  await settled(page);
  expect(await seen.marks()).toEqual([]);
  expect(await onDisk()).toEqual([]);
});
