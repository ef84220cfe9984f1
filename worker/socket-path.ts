import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';

/** The longest path that a Unix socket can have on every system, in bytes; Linux allows 107. */
const longest = 100;

/**
 * Where the agent of a worker folder listens. Too deep a folder: in a folder of its own (0700) under the system's
 * temporary one, or under /tmp where that is too deep itself, named by a hash of the path.
 */
export function socketPath(folder: string): string {
  const beside = path.join(folder, 'agent.sock');
  if (Buffer.byteLength(beside) <= longest) return beside;
  const name = createHash('sha256').update(beside).digest('hex').slice(0, 24);
  const below = (temporary: string) => path.join(temporary, `secret-store-${name}`, 'agent.sock');
  return Buffer.byteLength(below(os.tmpdir())) <= longest ? below(os.tmpdir()) : below('/tmp');
}
