import type { Page } from '@playwright/test';
import { expectClean } from '@/e2e/support/axe';
import { overflow, smallControls } from '@/e2e/support/layout';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { addFileStore, builtJar } from '@/e2e/support/plugin-provider';
import { become, theAdmin, theOperator } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';
import { classBytes } from '@/lib/plugins/inspect/testing/class-bytes';
import { factory, manifest, moduleBytes } from '@/lib/plugins/inspect/testing/modules';
import { zipBytes } from '@/lib/plugins/inspect/testing/zip-bytes';
import { expect, test } from './support/test';

// Forms of providers and secrets in the states that somebody has to do something for: accessible in both themes, and whole on
// a phone. A picture of each is left with the results.

test.use({ trace: 'off', hasTouch: true, contextOptions: { reducedMotion: 'reduce' }, expectedConsoleErrors: [/status of [45]\d\d/] });

const jar = (buffer: Buffer, name = 'platform-secrets-of-the-team-in-eu-west-2-1.0.0-with-dependencies.jar') => ({ name, mimeType: 'application/java-archive', buffer });
const choose = (page: Page, file: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0]) => page.locator('input[type=file]').setInputFiles(file);
const longKey = 'the_path_below_which_all_secrets_of_all_algorithms_of_the_production_cluster_are_kept';
const longClass = 'com/example/platform/secrets/production/euwest2/PlatformSecretProviderFactoryWithAVeryLongName';

async function startTest(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Test provider' }).click();
}

async function fillFileStore(page: Page, folder: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill('Tested');
  await choose(page, builtJar('file-store'));
  await page.getByRole('button', { name: 'Add a pair for folder' }).click();
  await page.getByLabel('Value', { exact: true }).fill(folder);
}

interface State {
  name: string;
  reach: (page: Page) => Promise<void>;
}

const onNewProvider: State[] = [
  {
    name: 'an upload that is under way',
    reach: async (page) => {
      await page.route('**/v1/admin/plugins/secret-provider/module', () => undefined, { times: 1 });
      await choose(page, jar(moduleBytes()));
      await page.getByRole('progressbar').waitFor();
    },
  },
  {
    name: 'an upload that was refused',
    reach: async (page) => {
      await choose(page, jar(moduleBytes([{ name: '../../etc/cron.d/a_name_that_is_as_long_as_evil_names_are', content: 'x' }])));
      await page.getByRole('alert').filter({ hasText: 'was refused' }).waitFor();
    },
  },
  {
    name: 'a module with long names that needs another Java',
    reach: async (page) => {
      const content = classBytes({ name: longClass, interfaces: ['com/algorithmia/sdk/plugin/secrets/SecretProviderFactory'], major: 99, reads: [longKey] });
      await choose(page, jar(zipBytes([manifest('Implementation-Title: Platform'), { name: 'com/example/Factory.class', content: factory({ access: 0 }) }, { name: `${longClass}.class`, content }])));
      await page.getByText('this server runs plugins with Java').waitFor();
      await page.getByRole('button', { name: `Add a pair for ${longKey}` }).click();
    },
  },
  {
    name: 'a test that went well',
    reach: async (page) => {
      await fillFileStore(page, '.');
      await startTest(page);
      await page.getByText(/steps passed in/).waitFor({ timeout: 60_000 });
    },
  },
  {
    name: 'a test that failed',
    reach: async (page) => {
      await fillFileStore(page, '/no/such/folder');
      await startTest(page);
      await page.getByText(/^Failed at step/).waitFor({ timeout: 60_000 });
    },
  },
  {
    name: 'operator settings with errors',
    reach: async (page) => {
      await page.locator('summary').click();
      await page.getByLabel('Largest heap, in MiB').fill('1');
      await page.getByLabel('JVM options').fill('-javaagent:/tmp/agent.jar');
      await page.getByRole('button', { name: 'Add Secret Provider' }).click();
      await page.getByText('The heap must be 16 or more.').waitFor();
    },
  },
];

async function check(page: Page, name: string): Promise<void> {
  const picture = (of: string) => page.screenshot({ path: test.info().outputPath(`${name}, ${of}.png`), fullPage: true });
  await expectClean(page);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await picture(colorScheme);
  }
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await overflow(page), `at ${width} px`).toEqual({ over: 0, by: [] });
    await picture(`${width} px`);
  }
  // Taking a picture of a whole page takes the emulated finger away for a moment.
  await expect.poll(() => smallControls(page)).toEqual([]);
}

for (const { name, reach } of onNewProvider) {
  test(`${name}: axe finds nothing, and nothing is cut on a phone`, async ({ page }) => {
    test.setTimeout(180_000);
    await become(page, theAdmin);
    await page.goto(paths.newProvider());
    await settled(page);
    await reach(page);
    await check(page, name);
  });
}

/** Names of stored keys that no longer fit in one line are on several. */
function cutFields(page: Page) {
  return page.evaluate(() => [...document.querySelectorAll('textarea[readonly]')].filter((field) => field.scrollWidth > field.clientWidth || field.scrollHeight > field.clientHeight).map((field) => field.outerHTML));
}

test('a saved provider with long keys: each is whole on a phone, and the dialogs that remove it are accessible', async ({ page }) => {
  test.setTimeout(180_000);
  const { id, name } = await addFileStore({ [longKey]: 'x' }, { settings: { heapMb: 128 } });
  await become(page, theAdmin);
  await page.goto(paths.updateProvider(id));
  await settled(page);
  await check(page, 'a saved provider with long keys');
  expect(await cutFields(page)).toEqual([]);

  await page.setViewportSize({ width: 1280, height: 900 });
  // What waits in its backend is the answer of a server whose backend is away: too rare to wait for here.
  await page.route(`**/v1/admin/secret-provider/${id}`, (route) =>
    route.request().method() === 'DELETE' ? route.fulfill({ status: 409, json: { error: { id, code: 2015, message: '3 entries wait', fields: { forget: '3 entries wait to be deleted' } } } }) : route.continue(),
  );
  await page.goto(paths.secretStore());
  await settled(page);
  await page.getByRole('button', { name: `Remove ${name}` }).click();
  const dialog = page.getByRole('dialog');
  await expectClean(page);
  await dialog.getByRole('textbox').fill(name);
  await dialog.getByRole('button', { name: 'Remove provider' }).click();
  await expect(dialog.getByRole('alert')).toContainText('3 entries wait to be deleted in its backend, which is tried again and again.');
  await expect(dialog).toContainText('What waits stays in its backend for good');
  await check(page, 'a provider that is removed without what waits in its backend');
  await dialog.getByRole('button', { name: 'Remove and leave them there' }).click();
  await expect(page.getByRole('heading', { level: 2, name })).toHaveCount(0);
  expect((await (await theOperator()).call('GET', `/v1/admin/secret-provider/${id}`)).status).toBe(404);
});

test('a new secret whose entry exists already: axe finds nothing, and nothing is cut on a phone', async ({ page }) => {
  test.setTimeout(180_000);
  const { id, name } = await addFileStore();
  const algorithm = uniqueName('links');
  await (await theOperator()).createAlgorithm(algorithm);
  await become(page, theAdmin);
  await page.goto(paths.newSecret('admin', algorithm));
  await settled(page);
  await page.getByLabel('Secret provider').selectOption(id);
  await expect(page.getByText(`Handed to ${name}`)).toBeVisible();
  await page.getByLabel('An entry that exists already').check();
  await page.getByRole('button', { name: 'Create Secret' }).click();
  await page.getByText('The key is empty.').waitFor();
  await check(page, 'a new secret whose entry exists already');
});
