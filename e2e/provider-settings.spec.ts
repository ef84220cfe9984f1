import type { Page } from '@playwright/test';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { addFileStore, builtJar } from '@/e2e/support/plugin-provider';
import { become, theAdmin, theOperator } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';
import type { ProviderView } from '@/lib/schemas/provider';
import { expect, test } from './support/test';

test.use({ expectedConsoleErrors: [/status of 4\d\d/] });

async function open(page: Page, address: string): Promise<void> {
  await become(page, theAdmin);
  await page.goto(address);
  await settled(page);
}

const saved = async (id: string) => (await (await theOperator()).done('GET', `/v1/admin/secret-provider/${id}`)).json<ProviderView>();

async function savedAs(name: string): Promise<ProviderView | undefined> {
  return (await (await theOperator()).done('GET', '/v1/admin/secret-provider')).json<ProviderView[]>().find((each) => each.name === name);
}

const section = (page: Page, name: string) => page.getByRole('region', { name });
const settings = (page: Page) => section(page, 'Advanced').locator('summary');

test.describe('operator settings', () => {
  test('are closed while none is set, open by themselves for one that is wrong, and take the focus there', async ({ page }) => {
    await open(page, paths.newProvider());
    const heap = page.getByLabel('Largest heap, in MiB');
    await expect(heap).toBeHidden();
    await expect(settings(page)).toContainText('none set');
    await page.getByLabel('Name', { exact: true }).fill(uniqueName('settings'));
    await page.getByLabel('Provider factory classname').fill('a.B');
    await settings(page).click();
    await heap.fill('4');
    await page.getByLabel('JVM options').fill('-javaagent:/tmp/x.jar');
    await settings(page).click();
    await expect(heap).toBeHidden();
    await page.getByRole('button', { name: 'Add Secret Provider' }).click();
    await expect(heap).toBeFocused();
    await expect(section(page, 'Advanced').getByText('The heap must be 16 or more.')).toBeVisible();
    await expect(section(page, 'Advanced').getByText('-javaagent:/tmp/x.jar is not allowed.')).toBeVisible();
    await expect(heap).toHaveAccessibleDescription(/16 or more.*OutOfMemoryError.*Blank: 64 MiB/);
  });

  test('are saved, open on the next visit, changed and taken back', async ({ page }) => {
    const name = uniqueName('settings');
    await open(page, paths.newProvider());
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Provider factory classname').fill('a.B');
    await settings(page).press('Enter');
    await page.getByLabel('Largest heap, in MiB').fill('256');
    await page.getByLabel('Reached without the proxy').fill('*.example.com\nlocalhost');
    await page.getByLabel('Files it may read').fill('/etc/a folder');
    await page.getByRole('button', { name: 'Add Secret Provider' }).click();
    await expect(page.getByRole('heading', { name })).toBeVisible();
    const made = await savedAs(name);
    expect(made?.settings).toEqual({ heapMb: 256, proxyExceptions: ['*.example.com', 'localhost'], readablePaths: ['/etc/a folder'] });

    await open(page, paths.updateProvider(made?.id ?? ''));
    await expect(page.getByLabel('Largest heap, in MiB')).toHaveValue('256');
    await expect(settings(page)).toContainText('3 settings set');
    await page.getByLabel('Largest heap, in MiB').fill('');
    await page.getByLabel('Longest call, in seconds').fill('120');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Secret store' })).toBeVisible();
    expect((await saved(made?.id ?? '')).settings).toEqual({ callTimeoutSeconds: 120, proxyExceptions: ['*.example.com', 'localhost'], readablePaths: ['/etc/a folder'] });
  });

  test('that only the server can look into are refused at their field', async ({ page }) => {
    await open(page, paths.newProvider());
    await page.getByLabel('Name', { exact: true }).fill(uniqueName('settings'));
    await page.getByLabel('Provider factory classname').fill('a.B');
    await settings(page).click();
    await page.getByLabel('Extra certificate authority').fill('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----');
    await settings(page).click();
    await page.getByRole('button', { name: 'Add Secret Provider' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'The provider was not added.' })).toBeVisible();
    await expect(section(page, 'Advanced').getByText('The text has a certificate that cannot be read.')).toBeVisible();
  });

  test('count in a test before they are saved', async ({ page }) => {
    const { id } = await addFileStore();
    await open(page, paths.updateProvider(id));
    await settings(page).click();
    await page.getByLabel('JVM options').fill('-Xms1m\n-Xss1k');
    await page.getByRole('button', { name: 'Test provider' }).click();
    // A stack of a kilobyte is one that no JVM starts with.
    await expect(page.getByText(/^Failed at step 1 of \d$/)).toBeVisible({ timeout: 60_000 });
    expect((await saved(id)).settings).toEqual({});
  });
});

test.describe('Enabled and Default', () => {
  test('are set when a provider is added and changed later, and the form says what becomes of the secrets', async ({ page }) => {
    const { id, name } = await addFileStore();
    const api = await theOperator();
    const algorithm = await api.createAlgorithm(uniqueName('uses_it'));
    await api.done('POST', `/v1/algorithms/${algorithm}/secrets`, { short_name: 'A', secret_key: 'A', secret_value: 'x', provider_id: id });
    await open(page, paths.updateProvider(id));
    const use = section(page, 'Use');
    await expect(use.getByLabel('Enabled')).toBeChecked();
    await expect(use.getByLabel('Default')).not.toBeChecked();
    await use.getByLabel('Enabled').uncheck();
    await expect(use.getByLabel('Enabled')).toHaveAccessibleDescription('New and changed secrets are refused on it. The 1 secret stored on it goes on reaching its algorithm.');
    await use.getByLabel('Default').check();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'The provider was not updated.' })).toContainText('is disabled');
    await use.getByLabel('Default').uncheck();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Secret store' })).toBeVisible();
    expect(await saved(id)).toMatchObject({ name, isEnabled: false, isDefault: false });
  });
});

test('a module that this server’s Java cannot run says so in its card, before anything is saved', async ({ page }) => {
  await open(page, paths.newProvider());
  await page.locator('input[type=file]').setInputFiles(builtJar('too-new'));
  await expect(page.getByText(/It was built for Java \d+, and this server runs plugins with Java \d+/)).toBeVisible();
  await page.locator('input[type=file]').setInputFiles(builtJar('file-store'));
  await expect(page.getByText('SHA-256')).toBeVisible();
  await expect(page.getByText(/this server runs plugins with Java/)).toHaveCount(0);
});
