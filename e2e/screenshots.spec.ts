import path from 'node:path';
import { settled } from '@/e2e/support/places';
import { signIn } from '@/e2e/support/people';
import { firstAdmin } from '@/e2e/support/global-setup';
import { makeAdminKey, Operator } from '@/e2e/support/operator';
import { startProduct } from '@/e2e/support/product';
import { paths } from '@/lib/paths';
import { projectRoot } from '@/server/root';
import { expect, test } from './support/test';

const secrets = [
  ['MySQL production', 'MYSQL_PASSWORD', 'Read-only user of the risk replica.'],
  ['Stripe', 'STRIPE_API_KEY', 'Restricted key: read charges and disputes.'],
  ['Feature store', 'FEATURE_STORE_TLS_KEY', 'Client key, PEM. Renewed each quarter by the platform team.'],
  ['Sanctions list', 'SANCTIONS_TOKEN', ''],
] as const;
const updated = ['2 hours ago', '1 day ago', '3 days ago', '5 days ago'];

/** The pictures of the README, of invented data. `SECRET_STORE_SCREENSHOTS=1 npm run test:e2e -- screenshots` takes them anew. */
test('the pictures of the README', async ({ browser }) => {
  test.skip(!process.env.SECRET_STORE_SCREENSHOTS, 'taken on request only');
  test.setTimeout(180_000);
  const product = await startProduct({ env: { SECRET_STORE_ADMIN_USERNAME: firstAdmin.username, SECRET_STORE_ADMIN_PASSWORD: firstAdmin.password } });
  const context = await browser.newContext({ baseURL: product.url, viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const take = async (name: string) => {
    await settled(page);
    await page.evaluate((texts) => document.querySelectorAll('main li time').forEach((time, index) => (time.textContent = texts[index % texts.length] ?? '')), updated);
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    const picture = await page.screenshot({ path: path.join(projectRoot, 'docs/images', name), caret: 'hide' });
    expect(picture.length).toBeLessThan(150_000);
  };
  try {
    const api = new Operator(product.url, await makeAdminKey(product.url));
    await api.done('POST', '/v1/organizations', { org_name: 'payments' });
    for (const [name, label] of [['churn', 'Churn forecast'], ['fraud_score', 'Fraud score']] as const) {
      const algorithm = await api.done('POST', '/v1/algorithms/payments', { name, details: { label } });
      for (const [short_name, secret_key, description] of secrets) {
        await api.done('POST', `/v1/algorithms/${String(algorithm.json().id)}/secrets`, { short_name, secret_key, description, secret_value: 'invented' });
      }
    }
    await signIn(page);
    await page.goto(paths.secretStore());
    await take('secret-store-light.png');
    await page.goto(paths.algorithmSettings('payments', 'fraud_score'));
    await take('secrets-light.png');
    await page.goto(paths.newSecret('payments', 'fraud_score'));
    await settled(page);
    await page.getByLabel('Display name').fill('Credit bureau');
    await page.getByLabel('Description').fill('Token of the scoring service, 100 requests a second.');
    await page.getByLabel('Environment variable name').fill('BUREAU_TOKEN');
    await page.getByRole('button', { name: 'Generate' }).click();
    await page.getByRole('button', { name: 'Hide' }).click();
    await take('new-secret-light.png');
  } finally {
    await context.close();
    await product.stop();
  }
});
