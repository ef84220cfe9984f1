import { startIdentityProvider } from './support/identity-provider';
import { freePorts, startProduct } from './support/product';
import { expect, test } from './support/test';

const clientId = 'secret-store';
const clientSecret = 'a client secret of this test';

test('someone with a verified address signs in by OpenID Connect, a stranger and an unverified address do not', async ({ browser }) => {
  test.setTimeout(120_000);
  const ports = await freePorts();
  const url = `http://localhost:${ports.port}`;
  const provider = await startIdentityProvider({
    redirectUri: `${url}/api/auth/callback/oidc`,
    clientId,
    clientSecret,
    emails: {
      ana: { email: 'admin@secret-store.local', verified: true },
      mallory: { email: 'admin@secret-store.local', verified: false },
      stranger: { email: 'stranger@example.com', verified: true },
    },
  });
  const product = await startProduct({
    ports,
    env: { SECRET_STORE_OIDC_ISSUER: provider.issuer, SECRET_STORE_OIDC_CLIENT_ID: clientId, SECRET_STORE_OIDC_CLIENT_SECRET: clientSecret },
  });
  const enter = async (login: string) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('button', { name: /single sign-on/ }).click();
    await page.getByPlaceholder('Enter any login').fill(login);
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL((at) => at.origin === url);
    return page;
  };
  try {
    for (const login of ['mallory', 'stranger']) {
      const page = await enter(login);
      await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
      await expect(page.getByText(/not linked|no user/i)).toBeVisible();
      await page.context().close();
    }
    const page = await enter('ana');
    await expect(page.getByRole('link', { name: 'Secret store' }).first()).toBeVisible();
    await page.context().close();
  } finally {
    await product.stop();
    await provider.stop();
  }
});
