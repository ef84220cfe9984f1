import { env } from '@/lib/env';
import { log } from '@/lib/log';
import { serverKeyring } from '@/lib/server-keyring';
import { createDelivery } from './listener';

/** The delivery plane's process. Alone, or as a child of the supervisor, whose end it follows. */
async function main(): Promise<void> {
  const { database, deliveryHost, deliveryPort, trustProxy } = env();
  const delivery = createDelivery({ database, keyring: serverKeyring(), trustProxy });
  let ending = false;
  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    const hurry = setTimeout(() => process.exit(code), 3_000);
    await delivery.close().catch((error: unknown) => log.warn({ reason: String(error) }, 'the delivery plane did not close cleanly'));
    clearTimeout(hurry);
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(0));
  process.on('disconnect', () => void end(0));
  await delivery.app.listen({ port: deliveryPort, host: deliveryHost ?? '::' }).catch(async (error: NodeJS.ErrnoException) => {
    // A machine without IPv6.
    if (deliveryHost !== undefined) throw error;
    if (error.code !== 'EAFNOSUPPORT' && error.code !== 'EADDRNOTAVAIL') throw error;
    await delivery.app.listen({ port: deliveryPort, host: '0.0.0.0' });
  });
  process.send?.({ type: 'ready' });
}

main().catch((error: NodeJS.ErrnoException) => {
  const taken = error.code === 'EADDRINUSE' ? `Port ${env().deliveryPort} is taken: set SECRET_STORE_DELIVERY_PORT to a free one.` : error.message;
  process.stderr.write(`The delivery plane could not start: ${taken}\n`);
  process.exit(1);
});
