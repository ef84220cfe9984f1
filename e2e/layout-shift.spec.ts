import { notFoundNote, places, visit } from '@/e2e/support/places';
import { setScene, type Scene } from '@/e2e/support/scene';
import { expect, test } from './support/test';

test.use({ trace: 'off', expectedConsoleErrors: [notFoundNote] });

let scene: Scene;
test.beforeAll(async () => {
  scene = await setScene();
});

declare global {
  interface Window {
    shifts: { value: number; moved: string[] }[];
    violations: string[];
  }
}

type Shift = PerformanceEntry & { value: number; sources?: { node: Node | null }[] };

for (const place of places) {
  test(`nothing moves and nothing is refused by the content policy while ${place.name} loads for the first time, its faces late`, async ({ page }) => {
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
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
    expect(await page.evaluate(() => window.violations)).toEqual([]);
  });
}
