import type { Page, Response } from '@playwright/test';
import { marksIn, markedText } from '@/e2e/support/canary';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { addVisitor, become } from '@/e2e/support/visitors';
import { expect, test } from './support/test';

test.use({ expectedConsoleErrors: [/status of 400/] });

/** Collects every answer that a page gets, of any kind, and what its own document, storage and address are now. */
function watch(page: Page) {
  const answers: Promise<string>[] = [];
  const read = async (response: Response) => {
    const body = await response.body().catch(() => Buffer.alloc(0));
    return [response.url(), JSON.stringify(await response.allHeaders()), body.toString('latin1')].join('\n');
  };
  page.on('response', (response) => answers.push(read(response).catch(() => '')));
  return {
    count: () => answers.length,
    marks: async () => {
      const here = await page.evaluate(() => {
        const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')].map((field) => field.value);
        return [document.documentElement.outerHTML, location.href, document.cookie, ...fields, ...Object.values(localStorage), ...Object.values(sessionStorage)].join('\n');
      });
      return [...(await Promise.all(answers)), here].flatMap(marksIn);
    },
  };
}

test('a value that was stored is on no page, in no answer, and in nothing that the browser keeps', async ({ page }) => {
  const ana = await addVisitor('ana');
  const algorithm = uniqueName('marked');
  const seen = watch(page);
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
