import path from 'node:path';

/** The one place of the worker that reads the environment. */
export interface WorkerEnv {
  /** `$SECRET_STORE_DATA_DIR/worker`: the worker's keys, bundles and socket. Absolute. */
  folder: string;
  /** A join token given to `secret-store agent` without showing it in the list of processes. */
  joinToken: string | undefined;
  server: string | undefined;
}

export function workerEnv(dataDir?: string): WorkerEnv {
  const { SECRET_STORE_DATA_DIR, SECRET_STORE_JOIN_TOKEN, SECRET_STORE_SERVER } = process.env;
  return {
    folder: path.resolve(dataDir ?? (SECRET_STORE_DATA_DIR || './data'), 'worker'),
    joinToken: SECRET_STORE_JOIN_TOKEN || undefined,
    server: SECRET_STORE_SERVER || undefined,
  };
}
