import { buildProduct } from './build';
import { startProduct } from './product';

/** Who the tests sign in as. */
export const firstAdmin = { username: 'admin', password: 'correct horse battery staple' };

/** Starts one product for the whole run and tells the tests' processes where it is, by their environment. */
export default async function setUp(): Promise<() => Promise<void>> {
  buildProduct();
  const product = await startProduct({
    env: { SECRET_STORE_ADMIN_USERNAME: firstAdmin.username, SECRET_STORE_ADMIN_PASSWORD: firstAdmin.password },
  });
  process.env.E2E_URL = product.url;
  process.env.E2E_DELIVERY_URL = product.deliveryUrl;
  process.env.E2E_DATA_DIR = product.dataDir;
  return async () => {
    await product.stop();
  };
}
