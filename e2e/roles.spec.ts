import { notFoundNote, settled, visit } from '@/e2e/support/places';
import { setScene, type Role, type Scene } from '@/e2e/support/scene';
import { become, theOperator } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';
import { expect, test } from './support/test';

let scene: Scene;
test.beforeAll(async () => {
  scene = await setScene();
});

test('a cluster viewer sees the secret store read-only, with no button that changes something', async ({ page }) => {
  await visit(page, { as: 'viewer', path: paths.secretStore }, scene);
  const main = page.getByRole('main');
  await expect(main.getByText('Read-only')).toBeVisible();
  await expect(main.getByText('algorithmia_internal_secret_provider')).toBeVisible();
  await expect(main.getByText('Default', { exact: true })).toBeVisible();
  await expect(main.getByRole('button', { name: /Update|Remove|Actions|Upload|Test/ })).toHaveCount(0);
  await expect(main.getByRole('link', { name: /New Provider|Update|Change|Replace/ })).toHaveCount(0);
});

test('an admin finds there what a cluster viewer does not', async ({ page }) => {
  await visit(page, { as: 'admin', path: paths.secretStore }, scene);
  await expect(page.getByRole('button', { name: /^Actions for algorithmia_internal/ })).toBeVisible();
  await expect(page.getByRole('link', { name: 'New Provider' })).toBeVisible();
  await expect(page.getByText('1-1 of 1').or(page.getByText(/^1-\d+ of \d+$/))).toBeVisible();
  await expect(page.getByText('Read-only')).toHaveCount(0);
});

test('an executor of an organization sees what its secrets are called and can change none', async ({ page }) => {
  await visit(page, { as: 'executor', path: ({ organization, full }) => paths.algorithmSettings(organization, full) }, scene);
  const main = page.getByRole('main');
  await expect(main.getByText('Read-only')).toBeVisible();
  await expect(main.getByText('MYSQL_PASSWORD', { exact: true })).toBeVisible();
  await expect(main.getByText(/^Updated .* ago$/)).toHaveCount(3);
  await expect(main.getByRole('button', { name: /Remove|Delete|Update/ })).toHaveCount(0);
  await expect(main.getByRole('link', { name: /New secret|Update/ })).toHaveCount(0);
});

test('a member of the organization can change them', async ({ page }) => {
  await visit(page, { as: 'owner', path: ({ organization, full }) => paths.algorithmSettings(organization, full) }, scene);
  await expect(page.getByRole('button', { name: /^Remove / })).toHaveCount(3);
  await expect(page.getByRole('link', { name: /^Update / })).toHaveCount(3);
  await expect(page.getByRole('link', { name: 'New secret' })).toBeVisible();
});

test('a user has no way to the secret store in the navigation', async ({ page }) => {
  await visit(page, { as: 'newcomer', path: paths.algorithms }, scene);
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link')).toHaveText(['Algorithms', 'API keys']);
  await visit(page, { as: 'viewer', path: paths.algorithms }, scene);
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link')).toHaveText(['Algorithms', 'API keys', 'Secret store']);
});

/** Addresses that a role may not see, whether or not there is something at them. */
const unseen: readonly [string, Role, (scene: Scene) => string][] = [
  ['the secret store, to a user', 'newcomer', paths.secretStore],
  ['a new provider, to a cluster viewer', 'viewer', paths.newProvider],
  ['a new provider, to a user', 'newcomer', paths.newProvider],
  ['the update of a provider, to a cluster viewer', 'viewer', ({ provider }) => paths.updateProvider(provider)],
  ['the update of a provider that does not exist', 'admin', () => paths.updateProvider('00000000-0000-4000-8000-000000000000')],
  ['the settings of a stranger’s algorithm', 'newcomer', ({ organization, full }) => paths.algorithmSettings(organization, full)],
  ['the settings of an algorithm that does not exist', 'owner', ({ organization }) => paths.algorithmSettings(organization, 'nothing')],
  ['a new secret for a stranger’s algorithm', 'newcomer', ({ organization, full }) => paths.newSecret(organization, full)],
  ['a new secret, to an executor', 'executor', ({ organization, full }) => paths.newSecret(organization, full)],
  ['the update of a secret, to an executor', 'executor', ({ organization, full, secrets }) => paths.updateSecret(organization, full, secrets[0] ?? '')],
  ['the update of a secret that does not exist', 'owner', ({ organization, full }) => paths.updateSecret(organization, full, '00000000-0000-4000-8000-000000000000')],
  ['the update of a secret whose id is no id', 'owner', ({ organization, full }) => paths.updateSecret(organization, full, 'x')],
  ['the update of a secret under another algorithm’s address', 'owner', ({ organization, empty, secrets }) => paths.updateSecret(organization, empty, secrets[0] ?? '')],
];

test.describe('what one may not see', () => {
  test.use({ expectedConsoleErrors: [notFoundNote] });
  for (const [what, as, path] of unseen) {
    test(`${what}, is a page that says that nothing is there, and a 404`, async ({ page }) => {
      await become(page, scene.people[as]);
      const answer = await page.goto(path(scene));
      expect(answer?.status()).toBe(404);
      await expect(page.getByRole('heading', { level: 1, name: 'There is nothing here for you' })).toBeVisible();
      const html = await page.content();
      for (const told of ['MYSQL_PASSWORD', 'Fraud score', 'algorithmia_internal']) expect(html).not.toContain(told);
    });
  }
});

test('a role that is taken back ends within a second, on an open page too', async ({ page }) => {
  const api = await theOperator();
  const { viewer } = scene.people;
  await visit(page, { as: 'viewer', path: paths.secretStore }, scene);
  await api.done('DELETE', `/admin/roles/${viewer?.username}/cluster_viewer`);
  await page.waitForTimeout(1_000);
  expect((await page.request.get(paths.secretStore())).status()).toBe(404);
  await page.goto(paths.algorithms());
  await settled(page);
  await expect(page.getByRole('link', { name: 'Secret store', exact: true })).toHaveCount(0);
});
