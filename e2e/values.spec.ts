import { markedText } from '@/e2e/support/canary';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { addVisitor, become } from '@/e2e/support/visitors';
import { watchPage } from '@/e2e/support/watch-page';
import { expect, test } from './support/test';

test.use({ expectedConsoleErrors: [/status of 400/] });

test('a value that was stored is on no page, in no answer, and in nothing that the browser keeps', async ({ page }) => {
  const ana = await addVisitor('ana');
  const algorithm = uniqueName('marked');
  const seen = watchPage(page);
  await become(page, ana);
  await page.goto('/algorithms/new');
  await settled(page);
  await page.getByLabel('Name').fill(algorithm);
  await page.getByRole('button', { name: /^Create/ }).click();
  await page.getByRole('link', { name: 'New secret' }).click();
  await page.getByLabel('Display name').fill('Marked');
  await page.getByLabel('Environment variable name').fill('MARKED');
  await page.getByLabel('Value', { exact: true }).fill(markedText());
  await page.getByRole('button', { name: 'Create Secret' }).click();
  await expect(page.getByRole('heading', { level: 3, name: 'Marked' })).toBeVisible();
  expect(await seen.marks()).toEqual([]);

  await page.getByRole('link', { name: 'Update Marked' }).click();
  await page.getByRole('button', { name: 'Replace value' }).click();
  await page.getByLabel('Value', { exact: true }).fill(markedText());
  await page.getByRole('button', { name: 'Update Secret' }).click();
  await expect(page.getByText('Version 2')).toBeVisible();
  expect(await seen.marks()).toEqual([]);

  // A refusal that a value was part of says nothing of it.
  await page.getByRole('link', { name: 'New secret' }).click();
  await page.getByLabel('Display name').fill('Again');
  await page.getByLabel('Environment variable name').fill('MARKED');
  await page.getByLabel('Value', { exact: true }).fill(markedText());
  await page.getByRole('button', { name: 'Create Secret' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'was not created' })).toBeVisible();
  await page.getByLabel('Value', { exact: true }).fill('');
  expect(await seen.marks()).toEqual([]);

  // Back and forth, by script and by whole loads: neither a form nor the browser's memory of one has it again.
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'Update Marked' }).click();
  await page.getByRole('heading', { level: 1, name: 'Update secret' }).waitFor();
  for (const go of ['reload', 'goBack', 'goBack', 'goForward', 'reload'] as const) {
    await page[go]();
    await settled(page);
    expect(await seen.marks()).toEqual([]);
  }
  expect(seen.count()).toBeGreaterThan(20);
});
