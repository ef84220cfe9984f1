import type { Page } from '@playwright/test';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { addFileStore } from '@/e2e/support/plugin-provider';
import { addVisitor, become, theAdmin, theOperator, type Visitor } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';
import { expect, test } from './support/test';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

let ana: Visitor;
test.beforeAll(async () => {
  ana = await addVisitor('ana');
});

async function open(page: Page, who: Visitor, address: string): Promise<void> {
  await become(page, who);
  await page.goto(address);
  await settled(page);
}

const focused = (page: Page) => page.locator(':focus');

async function withSecrets(keys: string[], providerId?: string): Promise<string> {
  const api = await theOperator();
  const name = uniqueName('focus');
  const made = await api.done('POST', `/v1/algorithms/${ana.username}`, { name });
  for (const key of keys) await api.done('POST', `/v1/algorithms/${String(made.json().id)}/secrets`, { short_name: key, secret_key: key, secret_value: 'x', provider_id: providerId });
  return name;
}

test('after a secret was removed the keyboard is at the next row, at the last one after the last, and at the heading when none is left', async ({ page }) => {
  const name = await withSecrets(['AAA', 'BBB', 'CCC']);
  await open(page, ana, paths.algorithmSettings(ana.username, name));
  await page.getByRole('button', { name: 'Remove AAA' }).press('Enter');
  await expect(focused(page)).toHaveRole('listitem');
  await expect(focused(page)).toContainText('BBB');
  await page.keyboard.press('Tab');
  await expect(focused(page)).toHaveAccessibleName(/BBB/);
  await page.getByRole('button', { name: 'Remove CCC' }).press('Enter');
  await expect(focused(page)).toContainText('BBB');
  await page.getByRole('button', { name: 'Remove BBB' }).press('Enter');
  await expect(page.getByText('There are no secrets for this algorithm')).toBeVisible();
  await expect(focused(page)).toHaveText('Secrets');
});

test('after a dialog that removed a secret, the keyboard is at the next row too', async ({ page }) => {
  test.setTimeout(120_000);
  const { id } = await addFileStore();
  const name = await withSecrets(['AAA', 'BBB'], id);
  await open(page, ana, paths.algorithmSettings(ana.username, name));
  await page.getByRole('button', { name: 'Remove AAA' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove secret' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'AAA' })).toHaveCount(0);
  await expect(focused(page)).toContainText('BBB');
});

test('after an API key was revoked the keyboard is at the next row, or at the heading', async ({ page }) => {
  const api = await theOperator();
  const ben = await addVisitor('ben');
  for (const key_label of ['First', 'Second']) await api.done('POST', `/v1/users/${ben.username}/keys`, { key_label, key_type: 'AlgorithmKey' });
  await open(page, ben, paths.apiKeys());
  const revoke = async () => {
    await page.getByRole('button', { name: /^Revoke / }).first().press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).press('Enter');
  };
  await revoke();
  await expect(page.getByRole('button', { name: /^Revoke / })).toHaveCount(1);
  await expect(focused(page)).toHaveRole('row');
  await revoke();
  await expect(page.getByRole('button', { name: /^Revoke / })).toHaveCount(0);
  await expect(focused(page)).toHaveRole('heading');
});

test('after a provider was removed the keyboard is at the next one', async ({ page }) => {
  test.setTimeout(120_000);
  const { name } = await addFileStore();
  await open(page, theAdmin, paths.secretStore());
  await page.getByRole('button', { name: `Remove ${name}` }).press('Enter');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 2, name })).toHaveCount(0);
  await expect(focused(page)).toHaveRole('listitem');
});
