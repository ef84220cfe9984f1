import { devices } from '@playwright/test';
import { overflow, smallControls } from '@/e2e/support/layout';
import { notFoundNote, places, visit } from '@/e2e/support/places';
import { setScene, type Scene } from '@/e2e/support/scene';
import { expect, test } from './support/test';

test.use({ trace: 'off', contextOptions: { reducedMotion: 'reduce' }, expectedConsoleErrors: [notFoundNote] });

let scene: Scene;
test.beforeAll(async () => {
  scene = await setScene();
});

const widths = [320, 390, 820, 1440];

test.describe('under a finger', () => {
  test.use({ hasTouch: true });

  for (const place of places) {
    test(`${place.name} does not scroll sideways from 320 px to wide, and has 44 px for each control on a phone`, async ({ page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await visit(page, place, scene);
      expect(await page.evaluate(() => matchMedia('(pointer: coarse)').matches)).toBe(true);
      expect(await smallControls(page)).toEqual([]);
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        expect(await overflow(page), `at ${width} px`).toEqual({ over: 0, by: [] });
      }
    });
  }
});

test.describe('on a phone', () => {
  const { viewport, hasTouch, isMobile, deviceScaleFactor } = devices['Pixel 7'];
  test.use({ viewport, hasTouch, isMobile, deviceScaleFactor });

  test('the navigation is in a drawer that keeps the focus, closes with Esc and gives it back', async ({ page }) => {
    await visit(page, { as: 'owner', path: () => '/algorithms' }, scene);
    const opener = page.getByRole('button', { name: 'Menu', exact: true });
    const drawer = page.getByRole('dialog', { name: 'Menu' });
    await opener.press('Enter');
    await expect(drawer).toBeVisible();
    for (let step = 0; step < 12; step++) {
      await page.keyboard.press('Tab');
      // The browser's own bar is a stop too, and then nothing of the page has the focus.
      expect(await page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement?.closest('dialog')))).toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect(drawer).toBeHidden();
    await expect(opener).toBeFocused();
    await opener.tap();
    await drawer.getByRole('link', { name: 'API keys' }).tap();
    await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeVisible();
    await expect(drawer).toBeHidden();
  });

  test('the button that ends a long form is at the window’s lower edge, and covers no field that is filled in', async ({ page }) => {
    await visit(page, { as: 'owner', path: ({ organization, full }) => `/algorithms/${organization}/${full}/secrets/new` }, scene);
    const create = page.getByRole('button', { name: 'Create Secret' });
    const height = page.viewportSize()?.height ?? 0;
    const box = await create.boundingBox();
    expect(box && box.y > height - 120 && box.y + box.height <= height).toBe(true);
    for (const name of ['Display name', 'Description', 'Environment variable name', 'Value']) {
      const field = page.getByLabel(name, { exact: true });
      await field.focus();
      const [edge, end] = [await create.boundingBox(), await field.boundingBox()];
      expect(edge && end && end.y < edge.y, name).toBe(true);
    }
  });
});
