import type { Page } from '@playwright/test';

/** How much wider than its window the page is, and what stands out at the right. */
export function overflow(page: Page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    const over = root.scrollWidth - root.clientWidth;
    if (over <= 0) return { over: 0, by: [] };
    const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 0.5);
    return { over, by: wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 160)) };
  });
}

/** Controls that are smaller than a fingertip, other than links in running text. */
export function smallControls(page: Page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role="tab"]')]
      .filter((control) => control.checkVisibility({ visibilityProperty: true }) && getComputedStyle(control).display !== 'inline')
      .map((control) => ({ control, box: (control.closest('label') ?? control).getBoundingClientRect() }))
      // What is there for a keyboard only is a pixel until it has the focus.
      .filter(({ box }) => box.width > 1 && (box.width < 44 || box.height < 44))
      .map(({ control, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${control.outerHTML.slice(0, 160)}`),
  );
}
