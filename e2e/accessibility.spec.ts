import type { Page } from '@playwright/test';
import { expectClean } from '@/e2e/support/axe';
import { places, refusalNote, visit, type Place } from '@/e2e/support/places';
import { setScene, type Scene } from '@/e2e/support/scene';
import { test } from './support/test';

// A trace of what axe does is large and tells nothing that its findings do not.
test.use({ trace: 'off', contextOptions: { reducedMotion: 'reduce' }, expectedConsoleErrors: [refusalNote] });

let scene: Scene;
test.beforeAll(async () => {
  scene = await setScene();
});

for (const place of places) {
  test(`axe finds nothing on ${place.name}`, async ({ page }) => {
    await visit(page, place, scene);
    await expectClean(page);
  });
}

function placeNamed(name: string): Place {
  const place = places.find((each) => each.name === name);
  if (!place) throw new Error(`there is no place ${name}`);
  return place;
}

/** What is on a page only after somebody did something there. */
const states: readonly { name: string; at: string; reach: (page: Page) => Promise<void> }[] = [
  {
    name: 'a refused sign-in',
    at: 'sign-in',
    reach: async (page) => {
      await page.getByLabel('Username').fill('nobody_of_this_name');
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('do not go together').waitFor();
    },
  },
  {
    name: 'a sign-in with empty fields',
    at: 'sign-in',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Type your username.').waitFor();
    },
  },
  {
    name: 'a new algorithm with a name that cannot be',
    at: 'new algorithm',
    reach: async (page) => {
      await page.getByLabel('Name').fill('1 bad-name');
      await page.getByRole('button', { name: /^Create/ }).click();
      await page.getByText('must begin with a letter').waitFor();
    },
  },
  {
    name: 'the dialog that deletes an algorithm',
    at: 'settings',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Delete Algorithm…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'a new secret with errors',
    at: 'new secret',
    reach: async (page) => {
      await page.getByLabel('Environment variable name').fill('MYSQL-PASSWORD');
      await page.getByRole('button', { name: 'Create Secret' }).click();
      await page.getByRole('button', { name: 'MYSQL_PASSWORD' }).waitFor();
    },
  },
  {
    name: 'a new secret that the server refused',
    at: 'new secret',
    reach: async (page) => {
      await page.getByLabel('Display name').fill('MySQL again');
      await page.getByLabel('Environment variable name').fill('MYSQL_PASSWORD');
      await page.getByLabel('Value', { exact: true }).fill('x');
      await page.getByRole('button', { name: 'Create Secret' }).click();
      await page.getByRole('alert').filter({ hasText: 'was not created' }).waitFor();
    },
  },
  { name: 'a value that is replaced', at: 'update secret', reach: (page) => page.getByRole('button', { name: 'Replace value' }).click() },
  {
    name: 'a removal with its undo',
    at: 'settings',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Remove Stripe' }).click();
      await page.getByRole('button', { name: 'Undo' }).waitFor();
      await page.keyboard.press('F6');
    },
  },
  {
    name: 'the menu of a provider',
    at: 'secret store',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Actions for algorithmia_internal_secret_provider' }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'the dialog that disables a provider',
    at: 'secret store',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Actions for algorithmia_internal_secret_provider' }).click();
      await page.getByRole('menuitem', { name: 'Disable…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'the menu of appearances',
    at: 'algorithms',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Appearance' }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'the menu of who is signed in',
    at: 'algorithms',
    reach: async (page) => {
      await page.getByRole('button', { name: /^Account of/ }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'the dialog for a new API key',
    at: 'secret store',
    reach: async (page) => {
      await page.goto('/api-keys');
      await page.getByRole('button', { name: 'New API key' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'a new API key, shown this once',
    at: 'API keys, none yet',
    reach: async (page) => {
      await page.getByRole('button', { name: 'New API key' }).click();
      await page.getByLabel('Label').fill('Nightly deploy');
      await page.getByRole('button', { name: 'Create key' }).click();
      await page.getByText('Copy the key now').waitFor();
    },
  },
  {
    name: 'the dialog that revokes an API key',
    at: 'API keys',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Revoke Nightly deploy…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'two passwords that differ',
    at: 'set-password with a link',
    reach: async (page) => {
      await page.getByLabel('New password').fill('short');
      await page.getByLabel('The same again').fill('another');
      await page.getByRole('button', { name: 'Save password' }).click();
      await page.getByText('differ').waitFor();
    },
  },
  {
    name: 'a link that is over',
    at: 'set-password with a link',
    reach: async (page) => {
      await page.getByLabel('New password').fill('long enough for this');
      await page.getByLabel('The same again').fill('long enough for this');
      await page.getByRole('button', { name: 'Save password' }).click();
      await page.getByText('used already').waitFor();
    },
  },
];

for (const { name, at, reach } of states) {
  test(`axe finds nothing on ${name}`, async ({ page }) => {
    await visit(page, placeNamed(at), scene);
    await reach(page);
    await expectClean(page);
  });
}

test('axe finds nothing on a phone’s pages and in its drawer', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await visit(page, placeNamed('settings'), scene);
  await expectClean(page);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').waitFor();
  await expectClean(page);
});
