import { z } from 'zod';
import { mustBe } from '@/lib/schemas/common';

// What an operator sets of a plugin's process: for one provider by API and form, for all of them by SECRET_STORE_PLUGIN_*
// in the environment of the server and of each worker. Nothing of it is secret: it is shown to whoever may see providers.

/** Written without \p{Cc}: the API document has it too, and other languages' validators do not know that. */
const withoutControls = /^[ -~\u00a0-\uffff]*$/;
const oneLine = (max: number) => z.string(mustBe('text')).trim().min(1, 'is empty. Leave it out instead.').max(max, `is longer than ${max} characters.`).regex(withoutControls, 'has a control character. Remove it.');
const whole = (min: number, max: number) => z.number(mustBe('a number')).int('must be a whole number.').min(min, `must be ${min} or more.`).max(max, `must be ${max} or less.`);
const list = (item: z.ZodType<string>, max: number) => z.array(item, mustBe('a list of texts')).max(max, `has more than ${max} entries.`);

const folder = oneLine(1_000).regex(/^\/(?!.*(^|\/)\.\.(\/|$))/, 'must be absolute paths without "..".');
const proxyForm = /^(?:http:\/\/)?(?:\[[\da-fA-F:.]+\]|[A-Za-z\d][A-Za-z\d.-]{0,252}):\d{1,5}\/?$/;
// Each text is told in one way only: where two would do, a bundle of forty certificates and a key behind them take hours to refuse.
const pemForm = /^(?:[^-]*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*$/;

export const providerSettingsSchema = z.strictObject({
  /** Largest Java heap, in MiB. */
  heapMb: whole(16, 65_536).optional(),
  /** Further options of the JVM, one an entry. */
  jvmOptions: list(oneLine(2_300), 50).optional(),
  /** `host:port` */
  httpsProxy: oneLine(300).regex(proxyForm, 'must be HOST:PORT, such as proxy.example.com:3128.').optional(),
  /** Hosts that are reached without the proxy; `*` at either end stands for anything. */
  proxyExceptions: list(oneLine(255).regex(/^[A-Za-z\d*.:[\]_-]+$/, 'must be names of hosts, such as *.example.com.'), 100).optional(),
  /** Certificates of authorities that are trusted besides Java's own. */
  extraCaPem: z.string(mustBe('text')).trim().max(262_144, 'is longer than 256 KiB.').regex(pemForm, 'must be certificates in PEM: -----BEGIN CERTIFICATE----- … A private key does not belong here.').optional(),
  callTimeoutSeconds: whole(1, 900).optional(),
  connectTimeoutSeconds: whole(1, 300).optional(),
  readTimeoutSeconds: whole(1, 600).optional(),
  /** Login host of a sovereign Azure cloud. */
  azureAuthorityHost: z.url({ protocol: /^https$/, error: 'must be an https address, such as https://login.microsoftonline.us/.' }).max(300, 'is longer than 300 characters.').optional(),
  /** Files and folders that the plugin may read besides its own, where its process is contained. */
  readablePaths: list(folder, 50).optional(),
  /** The same, to write to. */
  writablePaths: list(folder, 50).optional(),
});

export type ProviderSettings = z.infer<typeof providerSettingsSchema>;

/** One name of the environment for each setting; the extra CA is named by its file. */
export const settingVariables = {
  heapMb: 'SECRET_STORE_PLUGIN_HEAP_MB',
  jvmOptions: 'SECRET_STORE_PLUGIN_JVM_OPTIONS',
  httpsProxy: 'SECRET_STORE_PLUGIN_HTTPS_PROXY',
  proxyExceptions: 'SECRET_STORE_PLUGIN_PROXY_EXCEPTIONS',
  extraCaPem: 'SECRET_STORE_PLUGIN_EXTRA_CA',
  callTimeoutSeconds: 'SECRET_STORE_PLUGIN_CALL_TIMEOUT_SECONDS',
  connectTimeoutSeconds: 'SECRET_STORE_PLUGIN_CONNECT_TIMEOUT_SECONDS',
  readTimeoutSeconds: 'SECRET_STORE_PLUGIN_READ_TIMEOUT_SECONDS',
  azureAuthorityHost: 'SECRET_STORE_PLUGIN_AZURE_AUTHORITY_HOST',
  readablePaths: 'SECRET_STORE_PLUGIN_READABLE_PATHS',
  writablePaths: 'SECRET_STORE_PLUGIN_WRITABLE_PATHS',
} as const satisfies Record<keyof ProviderSettings, string>;

const numbers = new Set<string>(['heapMb', 'callTimeoutSeconds', 'connectTimeoutSeconds', 'readTimeoutSeconds']);
/** What separates the entries of a list in one variable. */
const separators: Partial<Record<keyof ProviderSettings, RegExp>> = { jvmOptions: /\s+/, proxyExceptions: /[,|\s]+/, readablePaths: /:/, writablePaths: /:/ };

/**
 * The settings that an environment gives to all providers. `readFile` reads the extra CA's file. Throws an Error whose message
 * names the variable.
 */
export function settingsFromEnvironment(source: Record<string, string | undefined>, readFile: (path: string) => string): ProviderSettings {
  const settings: ProviderSettings = {};
  for (const [name, variable] of Object.entries(settingVariables) as [keyof ProviderSettings, string][]) {
    const text = source[variable]?.trim();
    if (!text) continue;
    const separator = separators[name];
    const value = name === 'extraCaPem' ? readFile(text) : separator ? text.split(separator).filter((part) => part !== '') : numbers.has(name) ? Number(text) : text;
    const parsed = providerSettingsSchema.shape[name].safeParse(value);
    if (!parsed.success) throw new Error(`${variable} ${parsed.error.issues[0]?.message ?? 'cannot be used.'}`);
    Object.assign(settings, { [name]: parsed.data });
  }
  return settings;
}

/** The same as the plugin host's client takes it (`lib/plugins/host/settings.ts`): its names, and times in milliseconds. */
export function hostSettings(settings: ProviderSettings) {
  const milliseconds = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1_000);
  return {
    heapMb: settings.heapMb,
    jvmOptions: settings.jvmOptions,
    proxy: settings.httpsProxy,
    noProxy: settings.proxyExceptions,
    caPem: settings.extraCaPem,
    callTimeoutMs: milliseconds(settings.callTimeoutSeconds),
    connectTimeoutMs: milliseconds(settings.connectTimeoutSeconds),
    readTimeoutMs: milliseconds(settings.readTimeoutSeconds),
    azureAuthorityHost: settings.azureAuthorityHost,
    readablePaths: settings.readablePaths,
    writablePaths: settings.writablePaths,
  };
}
