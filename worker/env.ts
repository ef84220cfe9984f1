import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The one place of the worker that reads the environment. */
export interface WorkerEnv {
  /** The folder `worker` in the data folder: the worker's keys, bundles and socket. Absolute. */
  folder: string;
  /** A join token given to `secret-store agent` without showing it in the list of processes. */
  joinToken: string | undefined;
  server: string | undefined;
  /** Keys go only to workers that were confirmed on this machine too. */
  approveHere: boolean;
}

/** `data` in the checkout that this program is part of, from whatever folder it is called; elsewhere `./data`. */
function defaultDataDir(): string {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); path.dirname(folder) !== folder; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'prisma', 'schema.prisma'))) return path.join(folder, 'data');
  }
  return './data';
}

export function workerEnv(dataDir?: string): WorkerEnv {
  const { SECRET_STORE_APPROVE_HERE, SECRET_STORE_DATA_DIR, SECRET_STORE_JOIN_TOKEN, SECRET_STORE_SERVER } = process.env;
  return {
    folder: path.resolve(dataDir ?? (SECRET_STORE_DATA_DIR || defaultDataDir()), 'worker'),
    joinToken: SECRET_STORE_JOIN_TOKEN || undefined,
    server: SECRET_STORE_SERVER || undefined,
    // Any other value than "no" means yes: a mistyped one must not open what it was set to close.
    approveHere: SECRET_STORE_APPROVE_HERE !== undefined && !['', '0'].includes(SECRET_STORE_APPROVE_HERE),
  };
}

/** What npx was asked to run, when it started us or whoever started us. */
export function npxScript(): string | undefined {
  const { npm_command, npm_lifecycle_script } = process.env;
  return npm_command === 'exec' && npm_lifecycle_script ? npm_lifecycle_script : undefined;
}

/** What a started command gets from its caller, besides the secrets; and what `pluginEnv` reads. */
export function callersEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
