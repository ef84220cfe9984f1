import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { notFoundNote, places, settled } from '@/e2e/support/places';
import { setScene, type Scene } from '@/e2e/support/scene';
import { addVisitor, become, theOperator } from '@/e2e/support/visitors';
import { expect, test } from './support/test';

test.use({ expectedConsoleErrors: [notFoundNote] });

let scene: Scene;
test.beforeAll(async () => {
  scene = await setScene();
});

const url = () => process.env.E2E_URL ?? '';

for (const place of places) {
  test(`${place.name} has the security headers, and a nonce that no other answer has`, async ({ page }) => {
    await become(page, scene.people[place.as]);
    const nonces: (string | undefined)[] = [];
    for (let asked = 0; asked < 2; asked++) {
      const answer = await page.request.get(place.path(scene));
      const headers = answer.headers();
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
        'cache-control': expect.stringContaining('no-store'),
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).not.toMatch(/unsafe-|\*|https?:/);
      for (const directive of [`default-src 'self'`, `object-src 'none'`, `base-uri 'none'`, `form-action 'self'`, `frame-ancestors 'none'`]) expect(policy).toContain(directive);
      const nonce = /script-src 'nonce-([^']{22,})' 'strict-dynamic'(;|$)/.exec(policy)?.[1];
      const html = await answer.text();
      expect([...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag).filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
      nonces.push(nonce);
    }
    expect(nonces[0]).toBeTruthy();
    expect(nonces[1]).not.toBe(nonces[0]);
  });
}

test('a client that offers HTTP/2 is answered over HTTP/1.1, also after pages were served', async ({ page }) => {
  await page.goto('/sign-in');
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' };
    http.get(`${url()}/v1/openapi.json`, { headers: offer, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
  expect(status).toBe(200);
});

test.describe('a script without the nonce', () => {
  test.use({ expectedConsoleErrors: [/violates the following Content Security Policy/] });

  test('does not run', async ({ page }) => {
    await page.goto('/sign-in');
    await settled(page);
    const refused = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
          const box = document.createElement('div');
          box.innerHTML = '<img src="data:," onerror="document.title = \'ran\'">';
          document.body.append(box);
        }),
    );
    expect(refused).toBe('script-src-attr');
    expect(await page.title()).not.toBe('ran');
  });
});

test('every answer has a request id of its own, static files and refusals included', async ({ request }) => {
  const html = await (await request.get('/sign-in')).text();
  const file = /"?(\/_next\/static\/[^"\\]+\.js)/.exec(html)?.[1] ?? '';
  expect(file).not.toBe('');
  const ids: string[] = [];
  for (const path of ['/', '/sign-in', file, '/icon.svg', '/no-such-page', '/_next/static/no-such-file.js', '/api/auth/csrf', '/api/auth/session', '/v1/health', '/v1/nothing', '/%00', '/..%2f']) {
    const answer = await request.get(path, { maxRedirects: 0 });
    const id = answer.headers()['x-request-id'] ?? '';
    expect(id, path).toMatch(/^[0-9a-f-]{36}$/);
    ids.push(id);
  }
  expect(new Set(ids).size).toBe(ids.length);
});

test('the session’s cookie is for our origin’s requests only: HttpOnly, SameSite=Lax, for no longer than a working day', async ({ page }) => {
  await page.goto('/sign-in');
  await settled(page);
  const ana = await addVisitor('ana');
  await page.getByLabel('Username').fill(ana.username);
  await page.getByLabel('Password', { exact: true }).fill(ana.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Algorithms' }).waitFor();
  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => name.endsWith('session-token'));
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect((session?.expires ?? 0) - Date.now() / 1_000).toBeLessThan(13 * 3_600);
  expect(cookies.filter(({ httpOnly, name }) => !httpOnly && name !== 'theme')).toEqual([]);
  expect(await page.evaluate(() => document.cookie)).not.toContain('session');
  expect(await page.evaluate(() => [...Object.values(localStorage), ...Object.values(sessionStorage)].join())).not.toContain(ana.username);
});

test.describe('before its scripts are there', () => {
  test.use({ expectedConsoleErrors: [/ERR_FAILED/] });

  test('no form that is sent puts what was typed into an address', async ({ page }) => {
    await page.route('**/*.js', (route) => route.abort());
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const send = async (typed: string[]) => {
      for (const name of typed) await page.locator(`[name=${name}]`).fill('typed-too-early');
      await page.locator('button[type=submit]').click();
      await expect(page.locator(`[name=${typed[0]}]`)).toHaveValue('');
      await expect(page).toHaveURL(/^[^?]*$/);
    };
    await page.goto('/sign-in');
    await send(['username', 'password']);
    await page.goto('/set-password#typed-too-early');
    await send(['password', 'again']);
    await become(page, scene.people.owner);
    await page.goto(`/algorithms/${scene.organization}/${scene.full}/secrets/new`);
    await send(['short_name', 'secret_value']);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((address) => address.includes('typed-too-early'))).toEqual([]);
  });
});

const foreign = ['https://evil.example/', '//evil.example', '/\\evil.example', 'https:evil.example', 'javascript:alert(1)', `http://localhost.evil.example/`, '/%0d//evil.example', 'http://localhost:1/'];

test('nobody is led away from our origin by signing in or out', async ({ page, playwright }) => {
  const ana = await addVisitor('ana');
  for (const target of foreign) {
    const client = await playwright.request.newContext({ baseURL: url() });
    const { csrfToken } = (await (await client.get('/api/auth/csrf')).json()) as { csrfToken: string };
    for (const [path, fields] of [
      ['/api/auth/callback/credentials', { ...ana, csrfToken, callbackUrl: target }],
      ['/api/auth/signout', { csrfToken, callbackUrl: target }],
    ] as const) {
      const answer = await client.post(path, { form: fields, maxRedirects: 0 });
      const location = answer.headers().location;
      expect(answer.status(), path).toBe(302);
      expect(new URL(location ?? '', url()).origin, `${path} with ${target}`).toBe(url());
    }
    await client.dispose();
  }
  for (const target of foreign.slice(0, 5)) {
    await become(page, undefined);
    await page.goto(`/sign-in?from=${encodeURIComponent(target)}`);
    await settled(page);
    await page.getByLabel('Username').fill(ana.username);
    await page.getByLabel('Password', { exact: true }).fill(ana.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Algorithms' }).waitFor();
    expect(new URL(page.url()).origin).toBe(url());
  }
});

test('who is asked to sign in first comes to the page that they wanted', async ({ page }) => {
  await become(page, undefined);
  await page.goto('/api-keys');
  await expect(page).toHaveURL(/\/sign-in\?from=%2Fapi-keys$/);
  await settled(page);
  const ana = await addVisitor('ana');
  await page.getByLabel('Username').fill(ana.username);
  await page.getByLabel('Password', { exact: true }).fill(ana.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeVisible();
});

test.describe('another origin', () => {
  // Its own favicon, and the refusals.
  test.use({ expectedConsoleErrors: [/status of 40[34]|ERR_CONNECTION_REFUSED/] });

  test('changes nothing with the session of who looks at a page of it', async ({ page }) => {
    const ana = await addVisitor('ana');
    // Another port of the same host is the same site, so that the browser sends the cookie along.
    const evil = http.createServer((_, response) => response.setHeader('content-type', 'text/html').end('<title>evil</title>'));
    await new Promise<void>((resolve) => evil.listen(0, resolve));
    try {
      await become(page, ana);
      const changes = [
        { path: `/v1/algorithms/${ana.username}`, enctype: 'text/plain', name: '{"name":"planted","x":"', value: '"}' },
        { path: `/v1/algorithms/${ana.username}`, enctype: 'application/x-www-form-urlencoded', name: 'name', value: 'planted' },
        { path: `/v1/users/${ana.username}/keys`, enctype: 'text/plain', name: '{"key_type":"AlgorithmKey","key_label":"', value: '"}' },
      ];
      for (const { path, enctype, name, value } of changes) {
        await page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`);
        const [answer] = await Promise.all([
          page.waitForResponse((response) => response.url().endsWith(path)),
          page.evaluate(
            ([action, type, field, content]) => {
              const frame = document.createElement('form');
              Object.assign(frame, { method: 'post', action, enctype: type });
              const input = document.createElement('input');
              Object.assign(input, { name: field, value: content });
              frame.append(input);
              document.body.append(frame);
              frame.submit();
            },
            [`${url()}${path}`, enctype, name, value] as const,
          ).catch(() => 'it left for the answer'),
        ]);
        await page.waitForURL(`${url()}${path}`);
        expect(answer.status(), path).toBe(403);
        expect((await answer.request().allHeaders()).cookie, 'the cookie came along').toContain('session-token');
      }
      const api = await theOperator();
      expect((await api.done('GET', `/v1/algorithms/${ana.username}`)).json()).toMatchObject({ results: [] });
      expect((await api.done('GET', `/v1/users/${ana.username}/keys`)).json()).toEqual([]);
    } finally {
      evil.closeAllConnections();
      evil.close();
    }
  });
});
