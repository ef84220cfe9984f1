import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { addFileStore } from '@/e2e/support/plugin-provider';
import { addVisitor, become, theAdmin, theOperator } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { expect, test } from './support/test';

test.use({ expectedConsoleErrors: [/status of [45]\d\d/] });

const existing = 'made-by-hand';
/** A user that owns nothing else: what a plugin may write to belongs to one. */
const folderOwner = 61_235;
let folder: string;

test.beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-linked-'));
  chmodSync(folder, 0o700);
  writeFileSync(path.join(folder, existing), 'version-1\nwritten by hand');
  if (process.getuid?.() === 0) for (const each of [folder, path.join(folder, existing)]) chownSync(each, folderOwner, folderOwner);
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A provider that has the entry; what it allows is known once its plugin was started. */
async function addProvider(configuration: Record<string, string> = {}): Promise<{ id: string; name: string }> {
  const provider = await addFileStore({ folder, ...configuration }, { settings: { writablePaths: [folder] } });
  const creates = configuration.allows_create !== 'false';
  await expect
    .poll(async () => (await (await theOperator()).done('GET', `/v1/admin/secret-provider/${provider.id}`)).json<ProviderView>().capabilities.create, { timeout: 60_000 })
    .toBe(creates);
  return provider;
}

test('a provider that stores no new values has an entry of its own linked, and a key that it does not find is said at the field', async ({ page }) => {
  test.setTimeout(120_000);
  const { id, name } = await addProvider({ allows_create: 'false', allows_update: 'false' });
  const algorithm = uniqueName('links');
  await (await theOperator()).createAlgorithm(algorithm);
  await become(page, theAdmin);
  await page.goto(paths.newSecret('admin', algorithm));
  await settled(page);
  await expect(page.getByLabel('Value', { exact: true })).toBeVisible();
  await page.getByLabel('Secret provider').selectOption(id);
  await expect(page.getByText(`${name} stores no new values.`)).toBeVisible();
  await expect(page.getByLabel('Value', { exact: true })).toHaveCount(0);
  await page.getByLabel('Display name').fill('By hand');
  await page.getByLabel('Environment variable name').fill('BY_HAND');
  const key = page.getByLabel('Key of the entry');
  await page.getByRole('button', { name: 'Create Secret' }).click();
  await expect(key).toHaveAccessibleDescription(/The key is empty\. Type the key that the entry has there\./);
  await key.fill('no-such-entry');
  await page.getByRole('button', { name: 'Create Secret' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'The secret was not created.' })).toContainText('has no entry of this key');
  await expect(key).toHaveAccessibleDescription(/The key names no entry that this provider finds\./);
  await key.fill(existing);
  await page.getByRole('button', { name: 'Create Secret' }).click();
  await expect(page.getByRole('heading', { level: 3, name: 'By hand' })).toBeVisible();
  await expect(page.getByText('Linked entry')).toBeVisible();

  // It takes no new values either, and says where to change this one.
  await page.getByRole('link', { name: 'Update By hand' }).click();
  await expect(page.getByText(`${name} changes no values: change it in its backend`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Replace value' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`Its entry in ${name} was there before and stays.`);
  await dialog.getByRole('button', { name: 'Remove secret' }).click();
  await expect(page.getByText('There are no secrets for this algorithm')).toBeVisible();
  expect(existsSync(path.join(folder, existing))).toBe(true);
});

test('an admin links by choice where values can be typed too, and who is none is not offered it', async ({ page }) => {
  test.setTimeout(120_000);
  const { id, name } = await addProvider();
  const closed = await addProvider({ allows_create: 'false' });
  const api = await theOperator();
  const ana = await addVisitor('ana');
  const algorithm = uniqueName('links');
  await api.done('POST', `/v1/algorithms/${ana.username}`, { name: algorithm });
  await become(page, theAdmin);
  await page.goto(paths.newSecret(ana.username, algorithm));
  await settled(page);
  await page.getByLabel('Secret provider').selectOption(id);
  await page.getByLabel('Display name').fill('Chosen');
  await page.getByLabel('Environment variable name').fill('CHOSEN');
  await expect(page.getByLabel('Value', { exact: true })).toBeVisible();
  await page.getByLabel('An entry that exists already').check();
  await page.getByLabel('Key of the entry').fill(existing);
  await page.getByRole('button', { name: 'Create Secret' }).click();
  await expect(page.getByRole('heading', { level: 3, name: 'Chosen' })).toBeVisible();

  await become(page, ana);
  await page.goto(paths.newSecret(ana.username, algorithm));
  await settled(page);
  await page.getByLabel('Secret provider').selectOption(id);
  await expect(page.getByText(`Handed to ${name} by its plugin`)).toBeVisible();
  await expect(page.getByLabel('An entry that exists already')).toHaveCount(0);
  await page.getByLabel('Secret provider').selectOption(closed.id);
  await expect(page.getByText('Ask an admin to link an entry that its backend has')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Create Secret' })).toHaveAttribute('aria-disabled', 'true');
});
