// Run by offline.test.ts, bundled, in a copy of the product on a machine without a network: everything that a first hour
// needs. What fails ends it with an error.
import assert from 'node:assert/strict';
import { Operator, asAdmin, makeAdminKey, valueInside } from '@/e2e/support/operator';
import { startProduct } from '@/e2e/support/product';

await assert.rejects(fetch('http://192.0.2.1/', { signal: AbortSignal.timeout(10_000) }), 'there is a network here');
const product = await startProduct({ build: true, timeout: 180_000, env: asAdmin });
try {
  const page = await fetch(`${product.url}/sign-in`);
  const html = await page.text();
  assert.equal(page.status, 200);
  assert.match(html, /<form/);
  // Styles and fonts come from here, not from somebody's network.
  for (const [, address] of html.matchAll(/(?:src|href)="([^"]+\.(?:js|css|woff2))(?:\?[^"]*)?"/g)) {
    assert.equal((await fetch(new URL(address ?? '', product.url))).status, 200, address);
  }
  const operator = new Operator(product.url, await makeAdminKey(product.url));
  await operator.createSecret(await operator.createAlgorithm('offline'), 'VALUE', 'without a network');
  assert.equal(await valueInside(product.dataDir, 'admin/offline', 'VALUE'), 'without a network');
} finally {
  assert.equal(await product.stop(), 0);
}
assert.doesNotMatch(product.output(), /Building|Bundling|Generating/);
process.stdout.write('all of it worked\n');
