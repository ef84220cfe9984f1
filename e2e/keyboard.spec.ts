import type { Page } from '@playwright/test';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { addVisitor, become } from '@/e2e/support/visitors';
import { expect, test } from './support/test';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Presses Tab (or Shift+Tab) until what has this role and name has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, role: 'link' | 'button' | 'textbox', name: string | RegExp, key = 'Tab'): Promise<void> {
  const target = page.getByRole(role, { name }).and(page.locator(':focus'));
  for (let step = 0; step < 40; step++) {
    if ((await target.count()) > 0) return expectFocusVisible(page);
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not reach the ${role} ${String(name)}`);
}

/** What has the focus is outlined, in the window, and not under anything. */
async function expectFocusVisible(page: Page): Promise<void> {
  const seen = await page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused) return 'nothing has the focus';
    const { outlineStyle, outlineWidth } = getComputedStyle(focused);
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) return `no outline: ${focused.outerHTML}`;
    const box = focused.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
    return top && (focused.contains(top) || top.contains(focused)) ? 'seen' : `covered: ${focused.outerHTML}`;
  });
  expect(seen).toBe('seen');
}

test('signing in, a new algorithm, a new secret, its update, its removal and the undo need no mouse', async ({ page }) => {
  test.setTimeout(90_000);
  const ana = await addVisitor('ana');
  const algorithm = uniqueName('by_keyboard');
  const { keyboard } = page;
  await page.goto('/sign-in');
  await settled(page);
  await expect(page.getByLabel('Username')).toBeFocused();
  await keyboard.type(ana.username);
  await keyboard.press('Tab');
  await keyboard.type(ana.password);
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Algorithms' })).toBeVisible();
  await settled(page);

  await tabTo(page, 'link', 'New algorithm');
  await keyboard.press('Enter');
  await expect(page.getByLabel('Name')).toBeFocused();
  await keyboard.type(algorithm);
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: algorithm })).toBeVisible();

  await tabTo(page, 'link', 'New secret');
  await keyboard.press('Enter');
  await expect(page.getByLabel('Display name')).toBeFocused();
  await keyboard.type('MySQL production');
  await tabTo(page, 'textbox', 'Environment variable name');
  await keyboard.type('MYSQL_PASSWORD');
  await tabTo(page, 'textbox', 'Value');
  await keyboard.type('first line');
  await keyboard.press('Enter');
  await keyboard.type('second line');
  await tabTo(page, 'button', 'Create Secret');
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 3, name: 'MySQL production' })).toBeVisible();

  await tabTo(page, 'link', 'Update MySQL production');
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Update secret' })).toBeVisible();
  await tabTo(page, 'button', 'Replace value');
  await keyboard.press('Space');
  await expect(page.getByLabel('Value', { exact: true })).toBeFocused();
  await keyboard.type('another');
  await tabTo(page, 'button', 'Update Secret');
  await keyboard.press('Enter');
  await expect(page.getByText('Version 2')).toBeVisible();

  await tabTo(page, 'button', 'Remove MySQL production');
  await keyboard.press('Enter');
  await expect(page.getByText('There are no secrets for this algorithm')).toBeVisible();
  await keyboard.press('F6');
  await expect(page.getByRole('button', { name: 'Undo' })).toBeFocused();
  await expectFocusVisible(page);
  await keyboard.press('Enter');
  await expect(page.getByText('Version 2')).toBeVisible();
});

test('the first stop of a page leads past the navigation, and every stop on it can be seen', async ({ page }) => {
  await become(page, await addVisitor('ana'));
  await page.goto('/api-keys');
  await settled(page);
  await page.keyboard.press('Tab');
  await expectFocusVisible(page);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Documentation' }).and(page.locator('main *'))).toBeFocused();
  await page.goto('/api-keys');
  await settled(page);
  const stops: string[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => (document.activeElement === document.body ? '' : (document.activeElement?.textContent ?? '')));
    if (name === '' || stops.length > 20) break;
    await expectFocusVisible(page);
    stops.push(name);
  }
  expect(stops.length).toBeGreaterThan(5);
  expect(stops.length).toBeLessThan(20);
});

test('the dialog that deletes an algorithm begins in its field, keeps it on Esc, and deletes only when its name is typed', async ({ page }) => {
  const ana = await addVisitor('ana');
  const algorithm = uniqueName('kept');
  await become(page, ana);
  await page.goto('/algorithms/new');
  await settled(page);
  await page.getByLabel('Name').fill(algorithm);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: algorithm }).waitFor();

  const opener = page.getByRole('button', { name: 'Delete Algorithm…' });
  const dialog = page.getByRole('dialog');
  await opener.press('Enter');
  await expect(dialog.getByRole('textbox')).toBeFocused();
  await page.keyboard.type('another_name');
  await expect(dialog.getByRole('button', { name: 'Delete Algorithm' })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.press('Enter');
  await page.keyboard.type(algorithm);
  await page.keyboard.press('Enter');
  await expect(page.getByText('There are no algorithms yet')).toBeVisible();
});

test('a menu opens with its first item, is walked with arrows and gives the focus back on Esc', async ({ page }) => {
  await become(page, await addVisitor('ana'));
  await page.goto('/algorithms');
  await settled(page);
  const opener = page.getByRole('button', { name: 'Appearance' });
  await opener.press('Enter');
  await expect(page.getByRole('menuitemradio', { name: 'As the system' })).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('menuitemradio', { name: 'Dark' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitemradio', { name: 'As the system' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
  await expect(page.getByRole('menu')).toBeHidden();
});
