import { notFoundNote, places, visit } from '@/e2e/support/places';
import { setScene, type Scene } from '@/e2e/support/scene';
import { expect, test } from './support/test';

test.use({ expectedConsoleErrors: [notFoundNote] });

let scene: Scene;
test.beforeAll(async () => {
  scene = await setScene();
});

declare global {
  interface Window {
    shifts: { value: number; moved: string[] }[];
  }
}

type Shift = PerformanceEntry & { value: number; sources?: { node: Node | null }[] };

for (const place of places) {
  test(`nothing moves while ${place.name} loads for the first time, with faces that come late`, async ({ page }) => {
    await page.addInitScript(() => {
      window.shifts = [];
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as Shift[]) {
          const moved = (entry.sources ?? []).map(({ node }) => (node instanceof Element ? node.outerHTML : (node?.textContent ?? '')).slice(0, 120));
          window.shifts.push({ value: entry.value, moved });
        }
      });
      observer.observe({ type: 'layout-shift', buffered: true });
    });
    await page.route('**/*.woff2', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      await route.continue();
    });
    await visit(page, place, scene);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100))));
    expect(await page.evaluate(() => window.shifts)).toEqual([]);
  });
}
