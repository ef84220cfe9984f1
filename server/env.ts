import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isListenAddress, reachedAt } from '@/lib/listen-address';
import { settingsFromEnvironment } from '@/lib/schemas/provider-settings';
import { socketPath } from '@/worker/socket-path';
import { settingsFromUrl, type DatabaseSettings } from './database-settings';
import { projectRoot } from './root';
import { UserError } from './user-error';

/** Where the server's start-up code reads the environment. What it hands to the parts is in `childEnvironment`. */
const port = z.string().regex(/^\d{1,5}$/).transform(Number).refine((value) => value >= 1 && value <= 65_535);

const listenAddress = z.string().refine(isListenAddress);

const schema = z.object({
  PORT: port.default(3000),
  SECRET_STORE_DELIVERY_PORT: port.default(3001),
  SECRET_STORE_HOST: listenAddress.optional(),
  SECRET_STORE_DELIVERY_HOST: listenAddress.optional(),
  SECRET_STORE_DATA_DIR: z.string().optional(),
  SECRET_STORE_URL: z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).pathname === '/')
    .optional(),
  SECRET_STORE_KEYRING: z.string().optional(),
  DATABASE_URL: z.string().optional(),
  SECRET_STORE_ADMIN_USERNAME: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,29}$/).optional(),
  SECRET_STORE_ADMIN_PASSWORD: z.string().min(8).max(1024).optional(),
  SECRET_STORE_TRUST_PROXY: z.enum(['0', '1']).optional(),
  SECRET_STORE_DELIVERY_URL: z.url({ protocol: /^https?$/ }).optional(),
  SECRET_STORE_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  SECRET_STORE_OIDC_CLIENT_ID: z.string().optional(),
  SECRET_STORE_OIDC_CLIENT_SECRET: z.string().optional(),
});

/** What each variable has to be, as the end of a sentence. */
const expectations: Record<keyof typeof schema.shape, string> = {
  PORT: 'must be a port number from 1 to 65535',
  SECRET_STORE_DELIVERY_PORT: 'must be a port number from 1 to 65535',
  SECRET_STORE_HOST: 'must be an IP address of this machine, such as 127.0.0.1',
  SECRET_STORE_DELIVERY_HOST: 'must be an IP address of this machine, such as 127.0.0.1',
  SECRET_STORE_DATA_DIR: 'must be a folder',
  SECRET_STORE_URL: 'must be the address that browsers use, without a path, such as https://secrets.example.com',
  SECRET_STORE_KEYRING: 'must be the path of a keyring file',
  DATABASE_URL: 'must be the address of a PostgreSQL database, such as postgresql://user:password@host:5432/database',
  SECRET_STORE_ADMIN_USERNAME: 'must begin with a letter and hold at most 30 letters, digits and _',
  SECRET_STORE_ADMIN_PASSWORD: 'must have 8 to 1024 characters',
  SECRET_STORE_TRUST_PROXY: 'must be 1 behind a proxy that sets X-Forwarded-For, else 0',
  SECRET_STORE_DELIVERY_URL: 'must be the address of the delivery plane, such as http://delivery.internal:3001',
  SECRET_STORE_OIDC_ISSUER: "must be the issuer's address, such as https://login.example.com",
  SECRET_STORE_OIDC_CLIENT_ID: 'must be the client id that the issuer gave',
  SECRET_STORE_OIDC_CLIENT_SECRET: 'must be the client secret that the issuer gave',
};

/** Single sign-on needs all of them; one that is forgotten would silently leave the button out. */
const singleSignOn = ['SECRET_STORE_OIDC_ISSUER', 'SECRET_STORE_OIDC_CLIENT_ID', 'SECRET_STORE_OIDC_CLIENT_SECRET'] as const;

export interface ServerEnv {
  port: number;
  deliveryPort: number;
  /** the IP address that the control plane listens on; all when undefined */
  host: string | undefined;
  /** the same of the delivery plane */
  deliveryHost: string | undefined;
  /** absolute */
  dataDir: string;
  /** the public address, without a slash at its end */
  url: string;
  /** whether the environment says anything about the address */
  isUrlGiven: boolean;
  /** absolute */
  keyringFile: string;
  /** the operator's own PostgreSQL; undefined for the embedded one */
  database: DatabaseSettings | undefined;
}

/**
 * Reads and checks the environment. Throws a UserError of one line that names the variable, never its value.
 * An empty variable counts as one that is not set.
 */
export function readServerEnv(source: NodeJS.ProcessEnv): ServerEnv {
  const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, source[name] || undefined]));
  const result = schema.safeParse(given);
  if (!result.success) {
    const name = result.error.issues[0]?.path[0] as keyof typeof expectations;
    throw new UserError(`${name} ${expectations[name]}.`);
  }
  const read = result.data;
  if (read.PORT === read.SECRET_STORE_DELIVERY_PORT) {
    throw new UserError(`PORT and SECRET_STORE_DELIVERY_PORT are both ${read.PORT}: set them to different ports.`);
  }
  const missing = singleSignOn.find((name) => read[name] === undefined);
  if (missing !== undefined && singleSignOn.some((name) => read[name] !== undefined)) {
    throw new UserError(`${missing} is missing: single sign-on needs ${singleSignOn.join(', ')}.`);
  }
  const dataDir = read.SECRET_STORE_DATA_DIR ? path.resolve(read.SECRET_STORE_DATA_DIR) : path.join(projectRoot, 'data');
  return {
    port: read.PORT,
    deliveryPort: read.SECRET_STORE_DELIVERY_PORT,
    host: read.SECRET_STORE_HOST,
    deliveryHost: read.SECRET_STORE_DELIVERY_HOST ?? read.SECRET_STORE_HOST,
    dataDir,
    url: read.SECRET_STORE_URL ? new URL(read.SECRET_STORE_URL).origin : reachedAt(read.SECRET_STORE_HOST, read.PORT, 'localhost'),
    isUrlGiven: [given.SECRET_STORE_URL, given.PORT, given.SECRET_STORE_HOST].some((value) => value !== undefined),
    keyringFile: read.SECRET_STORE_KEYRING ? path.resolve(read.SECRET_STORE_KEYRING) : path.join(dataDir, 'server', 'keyring.json'),
    database: read.DATABASE_URL ? databaseOf(read.DATABASE_URL) : undefined,
  };
}

function databaseOf(url: string): DatabaseSettings {
  try {
    return settingsFromUrl(url);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** The embedded database's address, as the supervisor hands it to its children; undefined elsewhere. */
export function embeddedDatabase(): DatabaseSettings | undefined {
  const text = process.env.SECRET_STORE_DATABASE;
  return text ? (JSON.parse(text) as DatabaseSettings) : undefined;
}

/** True when npm started this process, as a child that it waits for. */
export const isStartedByNpm = process.env.npm_lifecycle_event !== undefined;

/** This process's settings. */
export function serverEnv(): ServerEnv {
  checkPluginSettings(process.env);
  return readServerEnv(process.env);
}

/** What plugins' processes get is read by the parts that run them; a wrong setting ends the start, not them. */
function checkPluginSettings(source: NodeJS.ProcessEnv): void {
  try {
    settingsFromEnvironment(source, (file) => readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : 'a setting of plugins cannot be used');
  }
}

/** True in `npm run dev`: pages are compiled as they are asked for. */
export const isDevelopment = process.env.NODE_ENV === 'development';

/** Makes `lib/env` of this very process see the same settings, and the embedded database. Before anything asks it. */
export function provideEnvironment(env: ServerEnv, embedded: DatabaseSettings | undefined): void {
  Object.assign(process.env, childEnvironment('prepare', env, embedded));
}

/** Which part of the product an environment is for; each gets what it needs and no more. */
export type PartName = 'prepare' | 'web' | 'delivery' | 'agent';

const firstAdmin = ['SECRET_STORE_ADMIN_USERNAME', 'SECRET_STORE_ADMIN_PASSWORD'];
const databaseAccess = ['DATABASE_URL', 'SECRET_STORE_DATABASE'];
const signInSecrets = ['SECRET_STORE_OIDC_CLIENT_SECRET', 'NEXTAUTH_SECRET'];
const withheld: Record<PartName, string[]> = {
  prepare: signInSecrets,
  web: firstAdmin,
  delivery: [...firstAdmin, ...signInSecrets],
  agent: [...firstAdmin, ...databaseAccess, ...signInSecrets, 'SECRET_STORE_KEYRING'],
};

/**
 * The environment of a part's process: the caller's own without what is another part's business, and the settings with
 * their defaults filled in. `embedded` is the embedded database's address, which holds no password.
 */
export function childEnvironment(part: PartName, env: ServerEnv, embedded: DatabaseSettings | undefined): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = { ...process.env };
  for (const name of withheld[part]) delete result[name];
  Object.assign(result, {
    NODE_ENV: isDevelopment ? 'development' : 'production',
    PORT: String(env.port),
    SECRET_STORE_DELIVERY_PORT: String(env.deliveryPort),
    SECRET_STORE_DATA_DIR: env.dataDir,
    SECRET_STORE_URL: env.url,
  });
  if (part !== 'agent') {
    result.SECRET_STORE_KEYRING = env.keyringFile;
    if (embedded) {
      delete result.DATABASE_URL;
      result.SECRET_STORE_DATABASE = JSON.stringify(embedded);
    } else {
      delete result.SECRET_STORE_DATABASE;
    }
  }
  if (part === 'web') {
    result.NEXTAUTH_URL = env.url;
    // Only the embedded default has a worker of its own; health speaks of it then.
    if (embedded) result.SECRET_STORE_AGENT_SOCKET = socketPath(path.join(env.dataDir, 'worker'));
    // Fewer allocator arenas: the server stays small under load.
    result.MALLOC_ARENA_MAX = '2';
    result.NEXT_TELEMETRY_DISABLED = '1';
  }
  return result;
}

