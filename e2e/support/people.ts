import type { Page } from '@playwright/test';
import { firstAdmin } from './global-setup';

/** Signs in on the page, as a person does. */
export async function signIn(page: Page, who: { username: string; password: string } = firstAdmin): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Username').fill(who.username);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

let count = 0;

/** A name that no other test has, in the form of algorithms and users. */
export function uniqueName(stem: string): string {
  return `${stem}_${process.pid}_${++count}`;
}
