import { isIP } from 'node:net';

const all = ['0.0.0.0', '::'];

/** Whether a text names one address to listen on, or all of them: an IP address without brackets. */
export function isListenAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/**
 * Where something that listens is reached from its own machine.
 * @param host an IP address; undefined and the two "any" addresses are all of the machine's
 * @param self what stands for the machine itself
 */
export function reachedAt(host: string | undefined, port: number, self = '127.0.0.1'): string {
  const name = host === undefined || all.includes(host) ? self : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
