import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from './user-error';

/** Rejects with the system's error when nothing can listen on the port. */
function tryPort(port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
  });
}

/**
 * Makes sure that a port is free, on all addresses. Waits a moment for one that a killed run is just giving up.
 * @param variable named in the error
 */
export async function ensurePortIsFree(port: number, variable: string, patience = 2_500): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    try {
      await tryPort(port, undefined);
      // Something that listens on one address only does not collide with "all addresses" on every system.
      await tryPort(port, '127.0.0.1');
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES') throw new UserError(`Port ${port} needs rights that this user has not; set ${variable} to a port above 1023.`);
      if (code !== 'EADDRINUSE') throw error;
      if (Date.now() > until) throw new UserError(`Port ${port} is taken by another program; set ${variable} to a free one.`);
      await sleep(100);
    }
  }
}
