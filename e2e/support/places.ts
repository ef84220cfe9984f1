import type { Page } from '@playwright/test';
import type { Role, Scene } from '@/e2e/support/scene';
import { become } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';

/** A page of the product with something to see on it. */
export interface Place {
  name: string;
  as: Role;
  /** The folder of its page in app/, without route groups. */
  route: string;
  path: (scene: Scene) => string;
}

const settings = '/algorithms/[owner]/[name]/settings';
const provider = '/admin/secret-store/[id]';

/** Every page, in each state that it has by itself. `pages.spec.ts` fails when one is missing. */
export const places: readonly Place[] = [
  { name: 'sign-in', as: 'nobody', route: '/sign-in', path: () => paths.signIn() },
  { name: 'sign-in after a failure elsewhere', as: 'nobody', route: '/sign-in', path: () => `${paths.signIn()}?error=NotLinked` },
  { name: 'set-password with a link', as: 'nobody', route: '/set-password', path: () => `${paths.setPassword()}#token=not-a-real-one` },
  { name: 'set-password without its token', as: 'nobody', route: '/set-password', path: () => paths.setPassword() },
  { name: 'documentation', as: 'nobody', route: '/documentation', path: () => paths.documentation() },
  { name: 'not found', as: 'nobody', route: '/not-found', path: () => '/no-such-page' },
  { name: 'not found, signed in', as: 'owner', route: '/not-found', path: () => paths.algorithmSettings('nobody', 'nothing') },
  { name: 'algorithms', as: 'owner', route: '/algorithms', path: () => paths.algorithms() },
  { name: 'algorithms, none yet', as: 'newcomer', route: '/algorithms', path: () => paths.algorithms() },
  { name: 'new algorithm', as: 'owner', route: '/algorithms/new', path: () => paths.newAlgorithm() },
  { name: 'settings', as: 'owner', route: settings, path: ({ organization, full }) => paths.algorithmSettings(organization, full) },
  { name: 'settings, no secrets', as: 'owner', route: settings, path: ({ organization, empty }) => paths.algorithmSettings(organization, empty) },
  { name: 'settings, read-only', as: 'executor', route: settings, path: ({ organization, full }) => paths.algorithmSettings(organization, full) },
  { name: 'new secret', as: 'owner', route: '/algorithms/[owner]/[name]/secrets/new', path: ({ organization, full }) => paths.newSecret(organization, full) },
  {
    name: 'update secret',
    as: 'owner',
    route: '/algorithms/[owner]/[name]/secrets/[secretId]/update',
    path: ({ organization, full, secrets }) => paths.updateSecret(organization, full, secrets[0] ?? ''),
  },
  { name: 'secret store', as: 'admin', route: '/admin/secret-store', path: () => paths.secretStore() },
  { name: 'secret store, read-only', as: 'viewer', route: '/admin/secret-store', path: () => paths.secretStore() },
  { name: 'new provider', as: 'admin', route: '/admin/secret-store/new', path: () => paths.newProvider() },
  { name: 'secret store, nothing like that', as: 'admin', route: '/admin/secret-store', path: () => paths.secretStoreFiltered('nothing-is-called-like-that', '') },
  { name: 'provider', as: 'admin', route: provider, path: ({ provider: id }) => paths.provider(id) },
  { name: 'provider, read-only', as: 'viewer', route: provider, path: ({ provider: id }) => paths.provider(id) },
  { name: 'provider, built in', as: 'admin', route: provider, path: ({ builtIn }) => paths.provider(builtIn) },
  { name: 'secrets on a provider', as: 'admin', route: `${provider}/secrets`, path: ({ builtIn }) => paths.providerSecrets(builtIn) },
  { name: 'secrets on a provider, none', as: 'viewer', route: `${provider}/secrets`, path: ({ provider: id }) => paths.providerSecrets(id) },
  { name: 'module history', as: 'admin', route: `${provider}/modules`, path: ({ provider: id }) => paths.providerModules(id) },
  { name: 'log of a provider', as: 'viewer', route: `${provider}/log`, path: ({ provider: id }) => paths.providerLog(id) },
  { name: 'update provider', as: 'admin', route: '/admin/secret-store/[id]/update', path: ({ provider }) => paths.updateProvider(provider) },
  { name: 'API keys', as: 'owner', route: '/api-keys', path: () => paths.apiKeys() },
  { name: 'API keys, none yet', as: 'newcomer', route: '/api-keys', path: () => paths.apiKeys() },
];

/** What the browser itself notes on the console of a page that does not exist, and of a request that is refused. */
export const notFoundNote = /status of 404/;
export const refusalNote = /status of 4\d\d/;

/** Opens a place as who visits it, and waits until it is whole and answers to the keyboard. */
export async function visit(page: Page, place: Pick<Place, 'as' | 'path'>, scene: Scene): Promise<void> {
  await become(page, scene.people[place.as]);
  await page.goto(place.path(scene));
  await settled(page);
}

/** Waits until the page has its heading, its scripts have run and its faces are there. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('load');
  await page.waitForFunction(() => {
    // Every control, not the first one: React takes a page over in parts.
    const controls = [...document.querySelectorAll('button, a, input, textarea, select')];
    return controls.length > 0 && controls.every((control) => Object.keys(control).some((name) => name.startsWith('__reactProps')));
  });
  await page.evaluate(() => document.fonts.ready);
}
