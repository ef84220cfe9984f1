import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { providerSettingsSchema, settingsFromEnvironment, type ProviderSettings } from '@/lib/schemas/provider-settings';
import { UserError } from '@/server/user-error';

export const usage = `Puts a provider's JAR through the contract: npm run plugin:check -- FILE.jar [options]

  --factory CLASS        the factory class; not needed where the JAR has only one
  --config KEY=VALUE     a key-value pair of the configuration; repeat it for each. So that no list of processes shows a value:
           KEY=@FILE       it is in a file (a line end at its very end is left out)
           'KEY=$NAME'     it is in a variable of the environment (in quotes, or the shell puts it in); @@ and $$ stand for @ and $
  --config-file FILE     an object of pairs in JSON; - is standard input
  --entry KEY            the provider key of an entry that is there, for providers that do not create
  --readable PATH        a file or folder that the plugin may read besides its own; --writable PATH: and write to
  --timeout SECONDS      how long one call may take (90)
  --settings FILE        "settings" as in a request for a provider, in JSON; SECRET_STORE_PLUGIN_… of the environment count too
  --json                 the result in JSON, for machines
  --help

What it makes in the backend it removes again. Exit code: 0 it conforms, 1 it does not, 2 it could not be checked, 130 interrupted.
The contract and all about plugins: docs/writing-a-plugin.md
`;

export interface Asked {
  /** absolute */
  jar: string;
  factory: string | undefined;
  configuration: Record<string, string>;
  entry: string | undefined;
  settings: ProviderSettings;
  isJson: boolean;
}

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const options = {
  factory: text, config: texts, 'config-file': text, entry: text, readable: texts, writable: texts, timeout: text, settings: text,
  json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
} as const;

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new UserError(`${(error as Error).message.split('. ')[0]}. --help shows the options.`);
  }
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'is not there' : 'cannot be read';
    throw new UserError(`${what}: ${file === '-' ? 'standard input' : file} ${reason}.`);
  }
}

function readJson<T>(file: string, schema: z.ZodType<T>, what: string, expected: string): T {
  let json: unknown;
  try {
    json = JSON.parse(readText(file, what));
  } catch (error) {
    if (error instanceof UserError) throw error;
    // The parser's own message shows a piece of the text.
    throw new UserError(`${what}: ${file} is not JSON.`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`${what}: ${file} must be ${expected}${issue && issue.path.length > 0 ? ` (${issue.path.join('.')})` : ''}.`);
  }
  return parsed.data;
}

/** One pair of --config. Messages name the key, never the value. */
function readPair(pair: string, environment: NodeJS.ProcessEnv): [key: string, value: string] {
  const [, key, value = ''] = /^([^=]+)=([\s\S]*)$/.exec(pair) ?? [];
  if (key === undefined) throw new UserError('--config needs KEY=VALUE, KEY=@FILE or KEY=$NAME.');
  if (/^(@@|\$\$)/.test(value)) return [key, value.slice(1)];
  if (value.startsWith('@')) return [key, readText(value.slice(1), `--config ${key}`).replace(/\r?\n$/, '')];
  const name = /^\$(?:\{(\w+)\}|(\w+))$/.exec(value);
  if (!name) return [key, value];
  const variable = name[1] ?? name[2] ?? '';
  const found = environment[variable];
  if (found === undefined) throw new UserError(`--config ${key}: the environment has no variable ${variable}. If the value itself begins with $, write $$.`);
  return [key, found];
}

function readConfiguration(pairs: string[], file: string | undefined, environment: NodeJS.ProcessEnv): Record<string, string> {
  const read = file === undefined ? {} : readJson(file, z.record(z.string(), z.string()), '--config-file', 'an object in JSON whose values are texts');
  const configuration = new Map(Object.entries(read));
  for (const pair of pairs) {
    const [key, value] = readPair(pair, environment);
    if (configuration.has(key)) throw new UserError(`The key ${key} is given twice.`);
    configuration.set(key, value);
  }
  return Object.fromEntries(configuration);
}

function readSettings(values: ReturnType<typeof parse>['values'], environment: NodeJS.ProcessEnv): ProviderSettings {
  let settings: ProviderSettings;
  try {
    settings = settingsFromEnvironment(environment, (file) => readText(file, 'SECRET_STORE_PLUGIN_EXTRA_CA'));
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : 'a setting of plugins cannot be used');
  }
  if (values.settings !== undefined) Object.assign(settings, readJson(values.settings, providerSettingsSchema, '--settings', '"settings" of a provider in JSON, as the API takes it'));
  const absolute = (paths: string[] | undefined) => (paths ?? []).map((each) => path.resolve(each));
  const { readable, writable, timeout } = values;
  if (readable) settings.readablePaths = [...(settings.readablePaths ?? []), ...absolute(readable)];
  if (writable) settings.writablePaths = [...(settings.writablePaths ?? []), ...absolute(writable)];
  if (timeout !== undefined) {
    const parsed = providerSettingsSchema.shape.callTimeoutSeconds.safeParse(Number(timeout));
    if (!parsed.success) throw new UserError('--timeout needs a whole number of seconds, from 1 to 900.');
    settings.callTimeoutSeconds = parsed.data;
  }
  return settings;
}

/**
 * Reads the command line. Undefined when help was asked for.
 * @throws UserError naming what is wrong with it
 */
export function readArguments(args: string[], environment: NodeJS.ProcessEnv): Asked | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [jar, ...more] = positionals;
  if (jar === undefined) throw new UserError('Which JAR? npm run plugin:check -- FILE.jar. --help shows the options.');
  if (more.length > 0) throw new UserError(`One JAR at a time; ${more[0]?.slice(0, 60)} is one too many. --help shows the options.`);
  return {
    jar: path.resolve(jar),
    factory: values.factory,
    configuration: readConfiguration(values.config ?? [], values['config-file'], environment),
    entry: values.entry,
    settings: readSettings(values, environment),
    isJson: values.json ?? false,
  };
}
