import { z } from 'zod';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isListenAddress, reachedAt } from '@/lib/listen-address';
import { settingsFromEnvironment, type ProviderSettings } from '@/lib/schemas/provider-settings';

/**
 * The one place in the product that reads the environment. Start-up code has its own (`server/env.ts`): it decides
 * these values and hands them down to the processes that import this file.
 */
const databaseSchema = z.object({
  host: z.string(),
  port: z.number().int().optional(),
  user: z.string(),
  password: z.string().optional(),
  database: z.string(),
});

const port = z.coerce.number().int().min(1).max(65535);

const listenAddress = z.string().refine(isListenAddress);

const envSchema = z.object({
  PORT: port.default(3000),
  SECRET_STORE_DELIVERY_PORT: port.default(3001),
  SECRET_STORE_HOST: listenAddress.optional(),
  SECRET_STORE_DELIVERY_HOST: listenAddress.optional(),
  SECRET_STORE_DATA_DIR: z.string().min(1).default('./data'),
  SECRET_STORE_URL: z.url({ protocol: /^https?$/ }).optional(),
  SECRET_STORE_KEYRING: z.string().min(1).optional(),
  SECRET_STORE_DATABASE: z.string().min(1).optional(),
  DATABASE_URL: z.string().min(1).optional(),
  SECRET_STORE_ADMIN_USERNAME: z.string().optional(),
  SECRET_STORE_ADMIN_PASSWORD: z.string().optional(),
  SECRET_STORE_AGENT_SOCKET: z.string().min(1).optional(),
  SECRET_STORE_TRUST_PROXY: z.enum(['0', '1']).default('0'),
  SECRET_STORE_OIDC_ISSUER: z.url().optional(),
  SECRET_STORE_OIDC_CLIENT_ID: z.string().min(1).optional(),
  SECRET_STORE_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  SECRET_STORE_OIDC_NAME: z.string().min(1).default('single sign-on'),
  SECRET_STORE_DELIVERY_URL: z.url().optional(),
  SECRET_STORE_JAVA: z.string().min(1).optional(),
  JAVA_HOME: z.string().min(1).optional(),
  PATH: z.string().min(1).optional(),
  SECRET_STORE_PLUGIN_CONTAINMENT: z.enum(['plain', 'own-user', 'bubblewrap']).default('bubblewrap'),
});

export type DatabaseSettings = z.infer<typeof databaseSchema> | { connectionString: string };

export interface Env {
  port: number;
  deliveryPort: number;
  /** The IP address that the control plane listens on; all when undefined. */
  host: string | undefined;
  /** The same of the delivery plane. */
  deliveryHost: string | undefined;
  /** Where this server reaches the delivery plane, for health; no trailing slash. */
  deliveryUrl: string;
  dataDir: string;
  /** The public address, without a trailing slash; its origin is "our origin". */
  url: string;
  keyringFile: string;
  database: DatabaseSettings;
  firstAdmin: { username: string | undefined; password: string | undefined };
  /** Where the local worker's agent listens; absent where none belongs to this installation. */
  agentSocket: string | undefined;
  /** True when a reverse proxy of the operator's sets X-Forwarded-For. */
  trustProxy: boolean;
  oidc: { issuer: string; clientId: string; clientSecret: string; name: string } | undefined;
  /** What all plugins' processes get, unless their provider says otherwise. */
  pluginSettings: ProviderSettings;
  /** Plugins are contained as well as this machine can, up to this. */
  pluginContainment: 'plain' | 'own-user' | 'bubblewrap';
  /** Where to look for a Java. */
  java: { chosen?: string; home?: string; path?: string };
}

function readEnv(source: NodeJS.ProcessEnv): Env {
  // An empty variable counts as one that is not set.
  const read = envSchema.parse(Object.fromEntries(Object.entries(source).filter(([, value]) => value !== '')));
  const dataDir = path.resolve(/* turbopackIgnore: true */ read.SECRET_STORE_DATA_DIR);
  let database: DatabaseSettings;
  if (read.SECRET_STORE_DATABASE) database = databaseSchema.parse(JSON.parse(read.SECRET_STORE_DATABASE));
  else if (read.DATABASE_URL) database = { connectionString: read.DATABASE_URL };
  else throw new Error('No database: set DATABASE_URL, or start with "npm start", which brings its own.');
  const { SECRET_STORE_OIDC_ISSUER: issuer, SECRET_STORE_OIDC_CLIENT_ID: clientId, SECRET_STORE_OIDC_CLIENT_SECRET: clientSecret } = read;
  const deliveryHost = read.SECRET_STORE_DELIVERY_HOST ?? read.SECRET_STORE_HOST;
  return {
    port: read.PORT,
    deliveryPort: read.SECRET_STORE_DELIVERY_PORT,
    host: read.SECRET_STORE_HOST,
    deliveryHost,
    deliveryUrl: (read.SECRET_STORE_DELIVERY_URL ?? reachedAt(deliveryHost, read.SECRET_STORE_DELIVERY_PORT)).replace(/\/+$/, ''),
    dataDir,
    url: (read.SECRET_STORE_URL ?? reachedAt(read.SECRET_STORE_HOST, read.PORT, 'localhost')).replace(/\/+$/, ''),
    keyringFile: read.SECRET_STORE_KEYRING ?? path.join(dataDir, 'server', 'keyring.json'),
    database,
    firstAdmin: { username: read.SECRET_STORE_ADMIN_USERNAME, password: read.SECRET_STORE_ADMIN_PASSWORD },
    agentSocket: read.SECRET_STORE_AGENT_SOCKET,
    trustProxy: read.SECRET_STORE_TRUST_PROXY === '1',
    oidc: issuer && clientId && clientSecret ? { issuer, clientId, clientSecret, name: read.SECRET_STORE_OIDC_NAME } : undefined,
    pluginSettings: settingsFromEnvironment(source, (file) => readFileSync(/* turbopackIgnore: true */ file, 'utf8')),
    pluginContainment: read.SECRET_STORE_PLUGIN_CONTAINMENT,
    java: {
      ...(read.SECRET_STORE_JAVA !== undefined && { chosen: read.SECRET_STORE_JAVA }),
      ...(read.JAVA_HOME !== undefined && { home: read.JAVA_HOME }),
      ...(read.PATH !== undefined && { path: read.PATH }),
    },
  };
}

let cached: Env | undefined;

/** The settings of this process, read and checked once. Throws a ZodError that names the variable. */
export function env(): Env {
  cached ??= readEnv(process.env);
  return cached;
}

/** True in `next dev`: the page's content policy has to allow what React's refresh needs. */
export const isDevelopment = process.env.NODE_ENV === 'development';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

/** How much the log says; what is no level counts as the usual one. */
export const logLevel = logLevels.find((level) => level === process.env.SECRET_STORE_LOG_LEVEL) ?? 'info';
