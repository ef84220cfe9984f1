import type { Page } from '@playwright/test';
import { addVisitor, become, type Visitor } from '@/e2e/support/visitors';
import { settled } from '@/e2e/support/places';
import { expect, test } from './support/test';

let ana: Visitor;
test.beforeAll(async () => {
  ana = await addVisitor('ana');
});

/** Whether the page's ground is dark, by what the browser paints. */
function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d');
    if (!canvas) throw new Error('no canvas');
    canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return (canvas.getImageData(0, 0, 1, 1).data[0] ?? 0) < 128;
  });
}

async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('menuitemradio', { name }).click();
}

test('dark follows the system until somebody chooses', async ({ page }) => {
  await become(page, ana);
  await page.goto('/algorithms');
  await settled(page);
  for (const colorScheme of ['dark', 'light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await isDark(page)).toBe(colorScheme === 'dark');
  }
});

test('a chosen theme stays, is in the first bytes of every page, and can be given back to the system', async ({ page }) => {
  await become(page, ana);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/algorithms');
  await settled(page);
  await choose(page, 'Dark');
  expect(await isDark(page)).toBe(true);
  await page.reload();
  expect(await isDark(page)).toBe(true);
  for (const path of ['/algorithms', '/api-keys', '/documentation', '/sign-in?from=/x', '/no-such-page']) {
    const html = await (await page.request.get(path)).text();
    expect(/<html[^>]*class="[^"]*\bdark\b/.test(html), path).toBe(true);
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  await choose(page, 'Light');
  expect(await isDark(page)).toBe(false);
  await choose(page, 'As the system');
  expect(await isDark(page)).toBe(true);
  await page.reload();
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await isDark(page)).toBe(false);
  await page.getByRole('button', { name: 'Appearance' }).click();
  await expect(page.getByRole('menuitemradio', { name: 'As the system' })).toBeChecked();
});

test('a page is painted in the chosen theme before any script runs', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, colorScheme: 'light' });
  const url = process.env.E2E_URL ?? '';
  await context.addCookies([{ name: 'theme', value: 'dark', url }]);
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await expect(page.locator('html')).toHaveClass(/\bdark\b/);
  await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
  await context.close();
});
