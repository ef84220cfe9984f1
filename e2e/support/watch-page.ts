import type { Page, Response } from '@playwright/test';
import { marksIn } from '@/e2e/support/canary';

/** Collects every answer that a page gets, of any kind, and what its own document, storage and address are now. */
export function watchPage(page: Page) {
  const answers: Promise<string>[] = [];
  const read = async (response: Response) => {
    const body = await response.body().catch(() => Buffer.alloc(0));
    return [response.url(), JSON.stringify(await response.allHeaders()), body.toString('latin1')].join('\n');
  };
  page.on('response', (response) => answers.push(read(response).catch(() => '')));
  const kept = () => page.evaluate(() => [location.href, document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)].join('\n'));
  return {
    count: () => answers.length,
    /** In answers, and in what the browser keeps: while something is typed its field has it. */
    marksElsewhere: async () => [...(await Promise.all(answers)), await kept()].flatMap(marksIn),
    marks: async () => {
      const here = await page.evaluate(() => {
        const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')].map((field) => field.value);
        return [document.documentElement.outerHTML, ...fields].join('\n');
      });
      return [...(await Promise.all(answers)), await kept(), here].flatMap(marksIn);
    },
  };
}
