import type { Page, Route } from '@playwright/test';
import { settled } from '@/e2e/support/places';
import { uniqueName } from '@/e2e/support/people';
import { addVisitor, become, theOperator, type Visitor } from '@/e2e/support/visitors';
import { paths } from '@/lib/paths';
import { expect, test } from './support/test';

// The browser notes on the console what was refused and what got no answer.
test.use({ expectedConsoleErrors: [/status of [45]\d\d|ERR_FAILED/] });

let ana: Visitor;
test.beforeAll(async () => {
  ana = await addVisitor('ana');
});

interface Algorithm {
  id: string;
  name: string;
}

async function addAlgorithm(): Promise<Algorithm> {
  const name = uniqueName('algorithm');
  const answer = await (await theOperator()).done('POST', `/v1/algorithms/${ana.username}`, { name });
  return { id: String(answer.json().id), name };
}

async function addSecret({ id }: Algorithm, key: string): Promise<string> {
  const answer = await (await theOperator()).done('POST', `/v1/algorithms/${id}/secrets`, { short_name: `The ${key}`, secret_key: key, secret_value: 'x' });
  return String(answer.json().id);
}

async function keysOf({ id }: Algorithm): Promise<string[]> {
  const { secrets } = (await (await theOperator()).done('GET', `/v1/algorithms/${id}/secrets`)).json<{ secrets: { secret_key: string }[] }>();
  return secrets.map(({ secret_key }) => secret_key);
}

async function open(page: Page, path: string): Promise<void> {
  await become(page, ana);
  await page.goto(path);
  await settled(page);
}

const settingsOf = ({ name }: Algorithm) => paths.algorithmSettings(ana.username, name);
const newSecretOf = ({ name }: Algorithm) => paths.newSecret(ana.username, name);
const value = (page: Page) => page.getByLabel('Value', { exact: true });

test.describe('a new secret', () => {
  let algorithm: Algorithm;
  test.beforeAll(async () => {
    algorithm = await addAlgorithm();
    await addSecret(algorithm, 'TAKEN');
  });
  test.beforeEach(({ page }) => open(page, newSecretOf(algorithm)));

  test('with a taken name keeps all input, and says at the field what is wrong', async ({ page }) => {
    await page.getByLabel('Display name').fill('Another');
    await page.getByLabel('Description').fill('With a description');
    await page.getByLabel('Environment variable name').fill('TAKEN');
    await value(page).fill('line one\nline two');
    await page.getByRole('button', { name: 'Create Secret' }).click();
    const summary = page.getByRole('alert').filter({ hasText: 'The secret was not created.' });
    await expect(summary).toBeFocused();
    await expect(summary).toContainText('8001');
    await expect(page.getByLabel('Environment variable name')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Environment variable name')).toHaveAccessibleDescription(/taken|already/i);
    await expect(page.getByLabel('Display name')).toHaveValue('Another');
    await expect(page.getByLabel('Description')).toHaveValue('With a description');
    await expect(value(page)).toHaveValue('line one\nline two');
    await page.getByLabel('Environment variable name').fill('FREE');
    await page.getByRole('button', { name: 'Create Secret' }).click();
    await expect(page.getByRole('heading', { name: 'Another' })).toBeVisible();
  });

  test('keeps all input when the server fails or is not there', async ({ page }) => {
    await page.getByLabel('Display name').fill('Kept');
    await page.getByLabel('Environment variable name').fill('KEPT');
    await value(page).fill('kept too');
    const answers: ((route: Route) => Promise<void>)[] = [
      (route) => route.fulfill({ status: 503, json: { error: { id: 'an-id', code: 5001, message: 'A part of the server is away. Try again in a moment.' } } }),
      (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
      (route) => route.abort(),
    ];
    for (const [index, answer] of answers.entries()) {
      await page.route('**/v1/algorithms/*/secrets', answer, { times: 1 });
      await page.getByRole('button', { name: 'Create Secret' }).click();
      const said = [/A part of the server is away.*an-id/s, /answered 502/, /did not answer/][index] ?? '';
      await expect(page.getByRole('alert').filter({ hasText: 'was not created' })).toHaveText(said);
      await expect(value(page)).toHaveValue('kept too');
    }
    expect(await keysOf(algorithm)).not.toContain('KEPT');
    await page.getByRole('button', { name: 'Create Secret' }).click();
    await expect(page.getByRole('heading', { name: 'Kept' })).toBeVisible();
  });

  test('takes a press on a button at once, although the field that is left then shows an error above it', async ({ page }) => {
    await page.getByLabel('Environment variable name').fill('not-good');
    await page.getByRole('button', { name: 'Generate' }).click();
    await expect(value(page)).not.toHaveValue('');
    await expect(page.getByLabel('Environment variable name')).toHaveAttribute('aria-invalid', 'true');
  });

  test('with a dash in its name is mended by one press', async ({ page }) => {
    const name = page.getByLabel('Environment variable name');
    await name.fill('2nd-db password');
    await name.blur();
    await page.getByRole('button', { name: '_2nd_db_password' }).click();
    await expect(name).toHaveValue('_2nd_db_password');
    await expect(name).not.toHaveAttribute('aria-invalid');
  });

  test('with one byte too many is refused before it is sent, whatever its letters', async ({ page }) => {
    const sent: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
    await page.getByLabel('Display name').fill('Long');
    await page.getByLabel('Environment variable name').fill('LONG');
    for (const [text, bytes] of [['x'.repeat(65_537), '65,537'], ['é'.repeat(32_769), '65,538']] as const) {
      await value(page).fill(text);
      await page.getByRole('button', { name: 'Create Secret' }).click();
      await expect(page.getByText(`${bytes} of 65,536 bytes`)).toBeVisible();
      await expect(value(page)).toHaveAccessibleDescription(/is over 65,536 bytes/);
    }
    expect(sent).toEqual([]);
    await value(page).fill('é'.repeat(32_768));
    await page.getByRole('button', { name: 'Create Secret' }).click();
    await expect(page.getByRole('heading', { name: 'Long' })).toBeVisible();
  });

  test('can be a file’s content, a generated one, and hidden from who looks over a shoulder', async ({ page }) => {
    const chosen = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'From file' }).click();
    const pem = '-----BEGIN KEY-----\r\nabc\r\n-----END KEY-----\r\n';
    await (await chosen).setFiles({ name: 'key.pem', mimeType: 'text/plain', buffer: Buffer.from(pem) });
    await expect(value(page)).toHaveCSS('-webkit-text-security', 'disc');
    await expect(page.getByText(`${pem.length} of 65,536 bytes`)).toBeVisible();
    await page.getByLabel('Display name').fill('PEM');
    await page.getByLabel('Environment variable name').fill('PEM');
    const [request] = await Promise.all([page.waitForRequest((sent) => sent.method() === 'POST'), page.getByRole('button', { name: 'Create Secret' }).click()]);
    expect(request.postDataJSON()).toMatchObject({ secret_value: pem });

    await open(page, newSecretOf(algorithm));
    for (const file of [{ name: 'large.bin', mimeType: '', buffer: Buffer.alloc(65_537, 97) }, { name: 'no-text.bin', mimeType: '', buffer: Buffer.from([0xff, 0xfe, 0x00]) }]) {
      await page.getByLabel('Value from a file').setInputFiles(file);
      await expect(page.getByText(new RegExp(`^${file.name} (has 65,537 bytes|is not UTF-8 text)`))).toBeVisible();
      await expect(value(page)).toHaveValue('');
    }
    await page.getByRole('button', { name: 'Generate' }).click();
    const first = await value(page).inputValue();
    expect(first.length).toBeGreaterThanOrEqual(24);
    await page.getByRole('button', { name: 'Generate' }).click();
    expect(await value(page).inputValue()).not.toBe(first);
    await page.getByRole('button', { name: 'Hide' }).click();
    await expect(value(page)).toHaveCSS('-webkit-text-security', 'disc');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(value(page)).toHaveCSS('-webkit-text-security', 'none');
  });
});

test('an algorithm’s name that is taken is said at its field, and a second press sends nothing twice', async ({ page }) => {
  const { name } = await addAlgorithm();
  await open(page, paths.newAlgorithm());
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: /^Create/ }).click();
  await expect(page.getByLabel('Name')).toHaveAccessibleDescription(/taken|already/i);
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  await page.getByLabel('Name').fill(uniqueName('pressed_twice'));
  await page.getByRole('button', { name: /^Creat/ }).dblclick();
  await expect(page.getByRole('heading', { level: 1, name: 'pressed_twice' })).toBeVisible();
  expect(sent).toHaveLength(1);
});

test('an update that leaves the value blank keeps it, and a new value makes a new version', async ({ page }) => {
  const algorithm = await addAlgorithm();
  const secret = await addSecret(algorithm, 'KEPT');
  await open(page, paths.updateSecret(ana.username, algorithm.name, secret));
  await expect(page.getByLabel('Environment variable name')).toHaveJSProperty('readOnly', true);
  await page.getByRole('button', { name: 'Replace value' }).click();
  await value(page).fill('typed, then thought better of');
  await page.getByRole('button', { name: 'Keep the stored value' }).click();
  await page.getByLabel('Display name').fill('Renamed');
  const [request] = await Promise.all([page.waitForRequest((sent) => sent.method() === 'PUT'), page.getByRole('button', { name: 'Update Secret' }).click()]);
  expect(request.postDataJSON()).toEqual({ short_name: 'Renamed', description: '' });
  await expect(page.getByRole('heading', { name: 'Renamed' })).toBeVisible();
  await expect(page.getByText('Version 1')).toBeVisible();
});

test('a row says how long ago it was updated, fresh ones too, and exactly when in its title', async ({ page }) => {
  const algorithm = await addAlgorithm();
  await addSecret(algorithm, 'FRESH');
  await open(page, settingsOf(algorithm));
  await expect(page.getByText(/^Updated .+ ago$/)).toBeVisible();
  await expect(page.getByText(/^Updated .+ ago$/).getByRole('time')).toHaveAttribute('title', /\d{4}/);
});

test('a removed secret can be had back while Undo is offered, which waits for a pointer that rests on it', async ({ page }) => {
  const algorithm = await addAlgorithm();
  await addSecret(algorithm, 'PASSWORD');
  await page.clock.install();
  await open(page, settingsOf(algorithm));
  await page.getByRole('button', { name: 'Remove The PASSWORD' }).click();
  const undo = page.getByRole('button', { name: 'Undo' });
  await expect(undo).toBeVisible();
  expect(await keysOf(algorithm)).toEqual([]);
  await undo.hover();
  await page.clock.runFor(15_000);
  await expect(undo).toBeVisible();
  await undo.click();
  await expect(page.getByRole('heading', { name: 'The PASSWORD' })).toBeVisible();
  expect(await keysOf(algorithm)).toEqual(['PASSWORD']);

  await page.getByRole('button', { name: 'Remove The PASSWORD' }).click();
  await expect(undo).toBeVisible();
  await page.mouse.move(700, 10);
  for (let second = 0; second < 12; second++) await page.clock.runFor(1_000);
  await expect(undo).toBeHidden();
  await expect(page.getByText('There are no secrets for this algorithm')).toBeVisible();
});

test('removing what a stale page still shows says that it is already gone', async ({ page }) => {
  const algorithm = await addAlgorithm();
  const secret = await addSecret(algorithm, 'PASSWORD');
  await open(page, settingsOf(algorithm));
  await (await theOperator()).done('DELETE', `/v1/algorithms/${algorithm.id}/secrets/${secret}`);
  await page.getByRole('button', { name: 'Remove The PASSWORD' }).click();
  await expect(page.getByText('already gone')).toBeVisible();
  await expect(page.getByText('There are no secrets for this algorithm')).toBeVisible();
});

test('updating what somebody else removed says so and keeps the input', async ({ page }) => {
  const algorithm = await addAlgorithm();
  const secret = await addSecret(algorithm, 'PASSWORD');
  await open(page, paths.updateSecret(ana.username, algorithm.name, secret));
  await (await theOperator()).done('DELETE', `/v1/algorithms/${algorithm.id}/secrets/${secret}`);
  await page.getByLabel('Display name').fill('Too late');
  await page.getByRole('button', { name: 'Update Secret' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'The secret was not updated.' })).toContainText('8008');
  await expect(page.getByLabel('Display name')).toHaveValue('Too late');
});

test('deleting an algorithm tells what goes with it, and its page is gone', async ({ page }) => {
  const algorithm = await addAlgorithm();
  await addSecret(algorithm, 'ONE');
  await addSecret(algorithm, 'TWO');
  await open(page, settingsOf(algorithm));
  await page.getByRole('button', { name: 'Delete Algorithm…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Its 2 secrets are deleted with it.');
  await dialog.getByRole('textbox').fill(algorithm.name);
  await dialog.getByRole('button', { name: 'Delete Algorithm' }).click();
  await expect(page).toHaveURL(/\/algorithms$/);
  await expect(page.getByText(`Deleted ${algorithm.name}`)).toBeVisible();
  expect((await page.request.get(settingsOf(algorithm))).status()).toBe(404);
});

test('a page that takes longer than 200 ms shows its shape, and nothing before', async ({ page }) => {
  const algorithm = await addAlgorithm();
  await addSecret(algorithm, 'PASSWORD');
  await open(page, paths.algorithms());
  // Links are looked up before they are pressed: that is where the shape comes from.
  await page.waitForLoadState('networkidle');
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/settings?_rsc=*', async (route) => {
    if (!route.request().headers()['next-router-prefetch']) await held;
    await route.continue();
  });
  await page.getByRole('link', { name: algorithm.name }).click();
  const skeleton = page.getByRole('status').filter({ hasText: 'Loading secrets…' });
  await expect(skeleton).toBeAttached();
  expect(await skeleton.evaluate((element) => getComputedStyle(element).animationDelay)).toBe('0.2s');
  await expect(skeleton).toHaveCSS('opacity', '1');
  release();
  await expect(page.getByRole('heading', { name: 'The PASSWORD' })).toBeVisible();
  await expect(skeleton).toHaveCount(0);
});

test('an API key is shown once, works until it is revoked, and is refused within a second afterwards', async ({ page, playwright }) => {
  await open(page, paths.apiKeys());
  await page.getByRole('button', { name: 'New API key' }).click();
  await page.getByLabel('Label').fill('Nightly deploy');
  await page.getByRole('button', { name: 'Create key' }).click();
  const key = (await page.getByTestId('api-key').innerText()).trim();
  expect(key).toMatch(/^sim[0-9A-Za-z]{25}$/);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('api-key')).toBeVisible();
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByRole('row', { name: /Nightly deploy/ })).toContainText(key.slice(-4));
  expect(await page.content()).not.toContain(key);
  await page.reload();
  expect(await page.content()).not.toContain(key);

  const script = await playwright.request.newContext({ baseURL: process.env.E2E_URL, extraHTTPHeaders: { authorization: `Simple ${key}` } });
  const look = async () => (await script.get(`/v1/algorithms/${ana.username}`)).status();
  expect(await look()).toBe(200);
  await settled(page);
  await page.getByRole('button', { name: 'Revoke Nightly deploy…' }).click();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await expect(page.getByText('You have no API keys')).toBeVisible();
  await page.waitForTimeout(1_000);
  expect(await look()).toBe(401);
  await script.dispose();
});

test('a new user sets a password by a link that works once', async ({ page }) => {
  const username = uniqueName('newcomer');
  const made = await (await theOperator()).done('POST', '/v1/users', { username, email: `${username}@example.com` });
  const link = String(made.json().one_time_link);
  expect(link.startsWith(`${process.env.E2E_URL}/set-password#`)).toBe(true);
  const password = 'four words in a row';
  const fill = async (text: string) => {
    await page.getByLabel('New password').fill(text);
    await page.getByLabel('The same again').fill(text);
    await page.getByRole('button', { name: 'Save password' }).click();
  };
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer}`));
  await page.goto(link);
  await settled(page);
  await expect(page).toHaveURL(/\/set-password$/);
  await fill('short');
  await expect(page.getByLabel('New password')).toHaveAccessibleDescription(/at least 8 characters/);
  await fill(password);
  await expect(page).toHaveURL(/\/sign-in/);
  expect(asked.filter((address) => address.includes(link.split('#')[1] ?? ''))).toEqual([]);
  await settled(page);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('There are no algorithms yet')).toBeVisible();

  await become(page, undefined);
  await page.goto(link);
  await settled(page);
  await fill('a thief’s own password');
  await expect(page.getByRole('alert').filter({ hasText: 'The password was not set.' })).toContainText('used already');
});

test('a wrong password is told without telling whether the name exists, and too many end in a pause', async ({ page }) => {
  const known = await addVisitor('known');
  const trySignIn = async (username: string, password: string) => {
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password', { exact: true }).fill(password);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/callback/credentials')),
      page.getByRole('button', { name: 'Sign in' }).click(),
    ]);
    await answer.finished();
  };
  await page.goto('/sign-in');
  await settled(page);
  const alert = page.getByRole('main').getByRole('alert');
  await trySignIn(uniqueName('unknown'), 'wrong');
  await expect(alert).toContainText('do not go together');
  const unknown = await alert.innerText();
  await trySignIn(known.username, 'wrong');
  expect(await alert.innerText()).toBe(unknown);
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  for (let attempt = 0; attempt < 9; attempt++) await trySignIn(known.username, 'wrong');
  await trySignIn(known.username, known.password);
  await expect(alert).toContainText('Too many attempts. Wait 15 minutes');
});

test('signing out ends the session: the pages before it are not there any more, back button included', async ({ page }) => {
  const leaver = await addVisitor('leaver');
  await page.goto('/sign-in');
  await settled(page);
  await page.getByLabel('Username').fill(leaver.username);
  await page.getByLabel('Password', { exact: true }).fill(leaver.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Algorithms' }).waitFor();
  await page.goto(paths.apiKeys());
  await settled(page);
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await page.context().cookies()).filter(({ name }) => name.endsWith('session-token'))).toEqual([]);
  await page.goBack();
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
});
