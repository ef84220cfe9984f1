import AxeBuilder from '@axe-core/playwright';
import { settled } from '@/e2e/support/places';
import { signIn } from '@/e2e/support/people';
import { processesUsing, startProduct, type Product } from '@/e2e/support/product';
import { firstAdmin } from '@/e2e/support/global-setup';
import { expect, test } from './support/test';

// The browser notes the failed request, and React what the server could not render.
test.use({ expectedConsoleErrors: [/status of 50\d|Server Components render|Failed to fetch RSC|digest/] });

let product: Product;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  product = await startProduct({ env: { SECRET_STORE_ADMIN_USERNAME: firstAdmin.username, SECRET_STORE_ADMIN_PASSWORD: firstAdmin.password } });
});
test.afterAll(async () => {
  await databaseIs('SIGCONT');
  await product.stop();
});

/** Stops the database where it is, or lets it go on: connections stay open and nobody answers. */
async function databaseIs(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const processes = await processesUsing(product.dataDir);
  const database = processes.filter(({ command }) => /^(postgres: |\S*\/postgres )/.test(command));
  expect(database.length).toBeGreaterThan(2);
  for (const { pid } of database) process.kill(pid, signal);
}

test('while the database does not answer, pages say so in place, what is typed is kept, and Try again brings all back', async ({ browser }) => {
  test.setTimeout(120_000);
  const context = await browser.newContext({ baseURL: product.url, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const expectClean = async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
    }
  };
  try {
    await signIn(page);
    await page.goto('/algorithms/new');
    await settled(page);
    await databaseIs('SIGSTOP');

    await page.getByLabel('Name').fill('typed_before');
    await page.getByRole('button', { name: 'Create algorithm' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'The algorithm was not created.' })).toBeVisible();
    await expect(page.getByLabel('Name')).toHaveValue('typed_before');

    await page.getByRole('link', { name: 'Secret store', exact: true }).click();
    await expect(page.getByText('The secret providers could not be loaded')).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    await expectClean();
    await databaseIs('SIGCONT');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('algorithmia_internal_secret_provider')).toBeVisible();

    await databaseIs('SIGSTOP');
    await page.goto('/api-keys');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
    expect(await page.content()).not.toMatch(/postgres|ECONN|prisma|timeout exceeded|\bat .*\.js:/i);
    await expectClean();
    await databaseIs('SIGCONT');
    // By itself, without a press.
    await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeVisible({ timeout: 20_000 });
  } finally {
    await context.close();
  }
});
