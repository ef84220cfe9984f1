import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { become, theAdmin, theOperator } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';
import { projectRoot } from '@/server/root';
import { expect, test } from './support/test';

const built = path.join(projectRoot, 'plugins/contract-tests/target/jars/file-store.jar');

/** An algorithm with one secret whose value a plugin keeps, in the plugin's own folder. */
async function withPluginSecret(key: string): Promise<{ algorithm: string; provider: string; providerId: string }> {
  const api = await theOperator();
  const provider = uniqueName('file_store');
  const body = { name: provider, factoryClassName: 'com.example.filestore.FileStoreFactory', configuration: { folder: '.' } };
  const providerId = String((await api.done('POST', '/v1/admin/secret-provider', body)).json().id);
  const form = new FormData();
  form.set('provider', new Blob([await readFile(built)]), 'file-store.jar');
  const upload = await fetch(`${api.url}/v1/admin/plugins/secret-provider/${providerId}`, { method: 'POST', headers: { authorization: `Simple ${api.key}` }, body: form });
  expect(upload.status).toBe(200);
  const algorithm = uniqueName('kept_elsewhere');
  const id = await api.createAlgorithm(algorithm);
  await api.done('POST', `/v1/algorithms/${id}/secrets`, { short_name: key, secret_key: key, secret_value: 'kept by a plugin', provider_id: providerId });
  return { algorithm, provider, providerId };
}

test('a secret whose value a plugin keeps is asked about before it is removed, and no Undo is promised', async ({ page }) => {
  const { algorithm, provider, providerId } = await withPluginSecret('KEPT_ELSEWHERE');
  await become(page, theAdmin);
  await page.goto(paths.algorithmSettings('admin', algorithm));
  await settled(page);
  await expect(page.getByText(provider)).toBeVisible();

  await page.getByRole('button', { name: 'Remove KEPT_ELSEWHERE' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`its entry in ${provider} is deleted. This can’t be undone.`);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByText('KEPT_ELSEWHERE', { exact: true }).first()).toBeVisible();

  await page.getByRole('button', { name: 'Remove KEPT_ELSEWHERE' }).click();
  await dialog.getByRole('button', { name: 'Remove secret' }).click();
  await expect(page.getByText('Removed KEPT_ELSEWHERE')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
  const api = await theOperator();
  const { text } = await api.done('GET', `/v1/admin/secret-provider/${providerId}`);
  expect(JSON.parse(text)).toMatchObject({ usedBy: 0 });
});
