import { chmodSync, chownSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { notFoundNote, settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { secretStoreRun } from '@/e2e/support/run';
import { jarForm } from '@/e2e/support/upload';
import { addVisitor, become, theAdmin, theOperator } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';
import { projectRoot } from '@/server/root';
import { expect as quick, test } from './support/test';

// A JVM starts in each of these, beside others on the same machine.
const patience = { timeout: 40_000 };
const expect = quick.configure(patience);
test.setTimeout(150_000);

const jarOf = (name: 'file-store' | 'hostile') => readFileSync(path.join(projectRoot, `plugins/contract-tests/target/jars/${name}.jar`));
const factories = { 'file-store': 'com.example.filestore.FileStoreFactory', hostile: 'com.example.hostile.HostileFactory' };

/** The same JAR as another file: with a comment at its end, as the format allows. */
function commented(jar: Buffer, comment: string): Buffer {
  const end = Buffer.from(jar);
  end.writeUInt16LE(comment.length, end.length - 2);
  return Buffer.concat([end, Buffer.from(comment)]);
}

async function upload(id: string, bytes: Buffer, fileName: string): Promise<void> {
  const api = await theOperator();
  const { headers, body } = jarForm(bytes, fileName);
  const answer = await fetch(`${api.url}/v1/admin/plugins/secret-provider/${id}`, { method: 'POST', headers: { ...headers, authorization: `Simple ${api.key}` }, body: Uint8Array.from(body) });
  expect(answer.status).toBe(200);
}

interface Made {
  id: string;
  name: string;
}

async function makeProvider(jar: 'file-store' | 'hostile', configuration: Record<string, string>, more: Record<string, unknown> = {}): Promise<Made> {
  const name = uniqueName(jar.replace('-', '_'));
  const id = String((await (await theOperator()).done('POST', '/v1/admin/secret-provider', { name, factoryClassName: factories[jar], configuration, ...more })).json().id);
  await upload(id, jarOf(jar), `${jar}-1.0.jar`);
  return { id, name };
}

async function open(page: Page, address: string, who = theAdmin): Promise<void> {
  await become(page, who);
  await page.goto(address);
  await settled(page);
}

const row = (page: Page, name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
const tabs = (page: Page) => page.getByRole('navigation', { name: 'Pages of this provider' });

test('a test that is begun in the list runs on the provider’s page, step by step, and is kept', async ({ page }) => {
  const { id, name } = await makeProvider('file-store', { folder: '.', ttl: '300' });
  await open(page, paths.secretStoreFiltered(name, ''));
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Test provider' }).click();
  await page.waitForURL(`**${paths.provider(id)}`);
  await expect(page.getByRole('heading', { name: /^All 7 steps passed in/ })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem')).toHaveCount(7);
  await expect(page.getByText('The throwaway entry is gone.')).toBeVisible();
  await expect(page.getByText('every 300 s')).toBeVisible();

  // Opening the page again tests nothing, and shows what was.
  await page.reload();
  await settled(page);
  await expect(page.getByText(/^Tested .* ago by admin\. The throwaway entry is gone\.$/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0);
  await expect(page.getByRole('img', { name: /^Last 24 hours: 100 % of / })).toBeVisible();
  await page.goto(paths.secretStoreFiltered(name, ''));
  await expect(row(page, name)).toContainText(/Tested .* ago/);
  await expect(row(page, name)).toContainText('Healthy');
});

test('a provider that fails says why in its row and on its page, and is well again once that is mended', async ({ page }) => {
  const folder = '/no/such/folder-at-all';
  const { id, name } = await makeProvider('file-store', { folder });
  await open(page, paths.secretStoreFiltered(name, ''));
  await expect
    .poll(async () => {
      await page.reload();
      return row(page, name).textContent();
    }, patience)
    .toContain('Failing');
  await expect(row(page, name)).toContainText('The key folder does not name a folder');
  await expect(row(page, name).getByRole('link', { name: `Change the configuration of ${name}` })).toHaveText('Replace folder');
  await page.getByRole('link', { name: `See what failed of ${name}` }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  const main = page.getByRole('main');
  await expect(main).toContainText('The key folder does not name a folder');
  await expect(main).toContainText('New and changed secrets are refused until it works again.');

  // The test that is shown says it; then it is not said twice.
  await page.getByRole('button', { name: 'Test provider' }).click();
  await expect(page.getByRole('heading', { name: /^Failed at step 1 of 7$/ })).toBeVisible();
  await page.reload();
  await settled(page);
  await expect(main.getByText(/The key folder does not name a folder/)).toHaveCount(1);
  expect(await page.content()).not.toContain(folder);

  await (await theOperator()).done('POST', `/v1/admin/secret-provider/${id}`, { name, factoryClassName: factories['file-store'], configuration: { folder: '.' } });
  await page.reload();
  await settled(page);
  await page.getByRole('button', { name: 'Test provider' }).click();
  await expect(page.getByRole('heading', { name: /^All 7 steps passed in/ })).toBeVisible();
  await expect(page.getByText('Healthy', { exact: true })).toBeVisible();
});

test('one click goes back to an older module, while starts of algorithms go on', async ({ page }) => {
  // A folder that the plugin may write to on the server and on the worker alike: it keeps values in files.
  const folder = mkdtempSync(path.join(os.tmpdir(), 'secret-store-files-'));
  if (process.getuid?.() === 0) chownSync(folder, 61_235, 61_235);
  chmodSync(folder, 0o700);
  try {
    const { id, name } = await makeProvider('file-store', { folder }, { settings: { writablePaths: [folder] } });
    await upload(id, commented(jarOf('file-store'), uniqueName('second')), 'file-store-2.0.jar');
    const api = await theOperator();
    const algorithm = uniqueName('goes_on');
    await api.done('POST', `/v1/algorithms/${await api.createAlgorithm(algorithm)}/secrets`, { short_name: 'n', secret_key: 'KEPT_IN_A_FILE', secret_value: 'the same all the time', provider_id: id });
    const start = () => secretStoreRun(process.env.E2E_DATA_DIR ?? '', `admin/${algorithm}`, [process.execPath, '-e', 'process.stdout.write(process.env.KEPT_IN_A_FILE)']);
    const expected = expect.objectContaining({ code: 0, stdout: 'the same all the time' });
    expect(await start()).toEqual(expected);

    await open(page, paths.providerModules(id));
    await expect(row(page, 'file-store-2.0.jar')).toContainText('In use');
    let isOver = false;
    const starts = (async () => {
      const ended = [];
      while (!isOver) ended.push(await start());
      return ended;
    })();
    await row(page, 'file-store-1.0.jar').getByRole('button', { name: /^Use this one/ }).click();
    await expect(page.getByText(`${name} runs file-store-1.0.jar now`)).toBeVisible();
    await expect(row(page, 'file-store-1.0.jar')).toContainText('In use');
    await row(page, 'file-store-2.0.jar').getByRole('button', { name: /^Use this one/ }).click();
    await expect(row(page, 'file-store-2.0.jar')).toContainText('In use');
    expect(await start()).toEqual(expected);
    isOver = true;
    const all = await starts;
    expect(all.length).toBeGreaterThan(0);
    for (const each of all) expect(each).toEqual(expected);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('the log shows what the plugin printed, with its time, and no value of the configuration', async ({ page }) => {
  const value = 'Wv5-printed-by-the-plugin';
  const { id } = await makeProvider('hostile', { what: 'print-error', when: 'createSecret', text: value, limit: '3' });
  await open(page, paths.providerLog(id));
  await expect(page.getByText('Its plugin has printed nothing since this server started')).toBeVisible();
  await page.getByRole('button', { name: 'Test provider' }).click();
  await expect(page.getByRole('heading', { name: /^Failed at step \d of 7$/ })).toBeVisible();
  await tabs(page).getByRole('link', { name: 'Log' }).click();
  const log = page.getByRole('region', { name: 'What its plugin printed' });
  await expect(async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect(log).toContainText(/\d\d:\d\d:\d\d\s*•••/, { timeout: 2_000 });
  }).toPass(patience);
  expect(await page.content()).not.toContain(value);
});

test('the secrets of a provider lead to their algorithms, page by page', async ({ page }) => {
  const api = await theOperator();
  const algorithm = uniqueName('many');
  const id = await api.createAlgorithm(algorithm);
  await Promise.all(Array.from({ length: 60 }, (_, n) => api.createSecret(id, `MANY_${n}`, 'x')));
  const providers = (await api.done('GET', '/v1/admin/secret-provider')).json<{ id: string; factoryClassName: string }[]>();
  const builtIn = providers.find(({ factoryClassName }) => factoryClassName.endsWith('.InternalSecretProviderFactory'))?.id ?? '';
  await open(page, paths.provider(builtIn));
  await expect(tabs(page).getByRole('link', { name: 'Overview' })).toHaveAttribute('aria-current', 'page');
  await expect(tabs(page).getByRole('link')).toHaveCount(2);
  await tabs(page).getByRole('link', { name: /^Secrets/ }).click();
  const table = page.getByRole('table', { name: 'Secrets on this provider' });
  await expect(table.getByRole('row')).toHaveCount(51);
  await expect(page.getByRole('heading', { level: 2, name: /^[\d,]+ secrets in [\d,]+ algorithms?$/ })).toBeVisible();
  const first = await table.getByRole('row').nth(1).textContent();
  await page.getByRole('link', { name: 'Older' }).click();
  await page.waitForURL(/before=/);
  await expect(table.getByRole('row').nth(1)).not.toHaveText(first ?? '');
  await page.getByRole('link', { name: 'Newest' }).click();
  await expect(table.getByRole('row')).toHaveCount(51);
  await table.getByRole('link').first().click();
  await page.waitForURL(/\/algorithms\/.*\/settings$/);
});

test('what is looked for is in the address, and is found by a part of a name or by status', async ({ page }) => {
  const [one, two] = [uniqueName('found_first'), uniqueName('found_second')];
  const api = await theOperator();
  for (const name of [one, two]) await api.done('POST', '/v1/admin/secret-provider', { name, factoryClassName: 'x.Y' });
  await open(page, paths.secretStore());
  const field = page.getByRole('searchbox', { name: 'Filter by name or module' });
  await field.fill(one.toUpperCase());
  await page.waitForURL(/\?q=/);
  await expect(page.getByRole('heading', { level: 2 })).toHaveText([one]);
  await page.reload();
  await settled(page);
  await expect(field).toHaveValue(one.toUpperCase());
  await page.getByRole('button', { name: 'Status: any' }).click();
  await page.getByRole('menuitemradio', { name: 'Healthy' }).click();
  await expect(page.getByRole('heading', { name: 'No provider is like that' })).toBeVisible();
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(row(page, two)).toBeVisible();
});

test.describe('a cluster viewer', () => {
  test.use({ expectedConsoleErrors: [notFoundNote] });

  test('sees each page of a provider, and nothing on it that changes one', async ({ page }) => {
    const { id } = await makeProvider('file-store', { folder: '.' });
    const viewer = await addVisitor('viewer');
    await (await theOperator()).done('POST', `/admin/roles/${viewer.username}/cluster_viewer`);
    for (const address of [paths.provider(id), paths.providerSecrets(id), paths.providerModules(id), paths.providerLog(id)]) {
      await open(page, address, viewer);
      const main = page.getByRole('main');
      await expect(main.getByText('Read-only')).toBeVisible();
      await expect(main.getByRole('link', { name: /Update|Change|Replace/ })).toHaveCount(0);
      await expect(main.getByRole('button', { name: /Test|Remove|Use this one|Upload|Actions/ })).toHaveCount(0);
    }
    expect((await page.goto(paths.updateProvider(id)))?.status()).toBe(404);
  });

  test('and others see none: a user is told that there is nothing, as of a provider that does not exist', async ({ page }) => {
    const { id } = await makeProvider('file-store', { folder: '.' });
    const user = await addVisitor('user');
    await become(page, user);
    for (const address of [paths.provider(id), paths.providerLog(id), paths.providerSecrets(id)]) expect((await page.goto(address))?.status()).toBe(404);
    await become(page, theAdmin);
    for (const address of [paths.provider('00000000-0000-4000-8000-000000000000'), paths.provider('x')]) expect((await page.goto(address))?.status()).toBe(404);
  });
});
