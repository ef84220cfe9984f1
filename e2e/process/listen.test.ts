import { expect, test } from 'vitest';
import { Operator, asAdmin, makeAdminKey, valueInside } from '@/e2e/support/operator';
import { startProduct } from '@/e2e/support/product';

test('told which addresses to listen on, each plane answers there and nowhere else, and the local worker finds it', async () => {
  const product = await startProduct({ env: { ...asAdmin, SECRET_STORE_HOST: '127.0.0.2', SECRET_STORE_DELIVERY_HOST: '127.0.0.3' } });
  try {
    expect(product.output()).toContain(product.url);
    expect(product.output()).toContain(product.deliveryUrl);
    expect((await fetch(`${product.deliveryUrl}/worker/v1/health`)).status).toBe(200);
    for (const [url, own, other] of [[product.url, '127.0.0.2', '127.0.0.3'], [product.deliveryUrl, '127.0.0.3', '127.0.0.2']] as const) {
      for (const elsewhere of ['127.0.0.1', other]) await expect(fetch(url.replace(own, elsewhere)), elsewhere).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    }
    const operator = new Operator(product.url, await makeAdminKey(product.url));
    await operator.createSecret(await operator.createAlgorithm('bound'), 'VALUE', 'here');
    expect(await valueInside(product.dataDir, 'admin/bound', 'VALUE')).toBe('here');
  } finally {
    expect(await product.stop()).toBe(0);
  }
});
