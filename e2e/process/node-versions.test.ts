import { readlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { nodeOfVersion } from '@/e2e/support/node-versions';
import { Operator, asAdmin, makeAdminKey, valueInside } from '@/e2e/support/operator';
import { startProduct, type PartName } from '@/e2e/support/product';

const parts: PartName[] = ['supervisor', 'web', 'delivery', 'worker'];

/** Beside the oldest one that is supported, which the tests themselves run with where it is the machine's. */
test.each(['22.23.3', '24.21.0'])('with Node %s the whole product starts, stores a secret, hands it to a command, and stops', async (version) => {
  const node = await nodeOfVersion(version);
  const product = await startProduct({ node, env: asAdmin });
  try {
    for (const part of parts) expect(await readlink(`/proc/${await product.pidOf(part)}/exe`), part).toBe(node);
    const operator = new Operator(product.url, await makeAdminKey(product.url));
    await operator.createSecret(await operator.createAlgorithm('modern'), 'VALUE', version);
    expect(await valueInside(product.dataDir, 'admin/modern', 'VALUE', node)).toBe(version);
    expect((await fetch(`${product.url}/sign-in`)).status).toBe(200);
  } finally {
    expect(await product.stop()).toBe(0);
  }
  expect(product.output()).not.toMatch(/Warning|deprecat/i);
});
