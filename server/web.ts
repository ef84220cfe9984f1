import { createServer } from 'node:http';
import next from 'next';
import { env } from '@/lib/env';
import { log } from '@/lib/log';
import { forgetOldFailures } from '@/lib/auth/store';
import { forgetOldHealth } from '@/lib/providers/health-store';
import { endUnusedHosts, stopHosts } from '@/lib/providers/hosts';
import { removeLooseModules } from '@/lib/providers/loose-modules';
import { settleInBackground } from '@/lib/secrets/settle';
import { purgeRemoved } from '@/lib/secrets/store';
import { projectRoot } from '@/server/root';
import { createHost } from '@/server/web/host';

/** The control plane's process: pages and API on one port. Runs under the supervisor, or alone with the same environment. */
async function main(): Promise<void> {
  const { host, port, url, trustProxy } = env();
  const dev = process.argv.includes('--dev');
  // For the test that both ways of serving the API answer alike.
  const apiByNext = dev || process.argv.includes('--api-by-next');
  // Next listens for upgrades on the server it is given. In production it would close the connection of each client that offers
  // one (curl --http2, Java's HttpClient), so it is given a server that has none: Node then goes on with HTTP/1.1.
  const app = next({ dev, dir: projectRoot, port, quiet: true, ...(!dev && { httpServer: createServer() }) });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createHost({ pages: (incoming, outgoing) => handle(incoming, outgoing), origin: new URL(url).origin, trustProxy, mountApi: !apiByNext });
  server.on('error', (error: NodeJS.ErrnoException) => {
    log.fatal({ code: error.code, port }, 'the control plane cannot listen');
    process.exit(1);
  });
  server.listen({ port, host }, () => process.send?.({ type: 'ready' }));

  settleInBackground();
  const housekeeping = setInterval(() => {
    settleInBackground();
    endUnusedHosts();
    Promise.all([purgeRemoved(), forgetOldFailures(), forgetOldHealth()]).catch(() => log.warn('housekeeping is put off: the database is away'));
  }, 15_000);

  const tidying = setInterval(() => {
    removeLooseModules().catch(() => log.warn('modules that nobody took are removed later'));
  }, 10 * 60_000);

  const stop = (): void => {
    clearInterval(housekeeping);
    clearInterval(tidying);
    const hostsEnded = stopHosts();
    server.close(() => void hostsEnded.finally(() => process.exit(0)));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 3_000).unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // The supervisor is gone: nothing is left that would stop this process later.
  process.on('disconnect', () => process.exit(0));
}

await main();
