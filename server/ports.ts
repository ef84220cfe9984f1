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
 * Makes sure that a port is free, on one address or on all. Waits a moment for one that a killed run is just giving up.
 * @param variables named in the error
 */
export async function ensurePortIsFree(port: number, host: string | undefined, variables: { port: string; host: string }, patience = 2_500): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    try {
      await tryPort(port, host);
      // Something that listens on one address only does not collide with "all addresses" on every system.
      if (host === undefined) await tryPort(port, '127.0.0.1');
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES') throw new UserError(`Port ${port} needs rights that this user has not; set ${variables.port} to a port above 1023.`);
      if (code === 'EADDRNOTAVAIL') throw new UserError(`${variables.host} is no address of this machine; set it to one, or leave it out.`);
      if (code !== 'EADDRINUSE') throw error;
      if (Date.now() > until) throw new UserError(`Port ${port} is taken by another program; set ${variables.port} to a free one.`);
      await sleep(100);
    }
  }
}
