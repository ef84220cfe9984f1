import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { JavaPlaces } from '@/lib/plugins/java';
import { settingsFromEnvironment, type ProviderSettings } from '@/lib/schemas/provider-settings';

/** A variable of the environment that cannot be used. The message names it. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** What plugins run with on this machine, and how long their values are good for. */
export interface PluginEnv {
  java: JavaPlaces;
  /** The plugin host's JAR, where it is not beside this program. */
  hostJar: string | undefined;
  /** What all plugins' processes get here, unless their provider says otherwise. */
  settings: ProviderSettings;
  /** How often backends are asked whether a value is still the one that this worker has. */
  versionPollMs: number;
  /** How long a value is given out that its backend no longer confirms. */
  lastGoodMs: number;
}

function amount(name: string, text: string | undefined, otherwise: number, least: number, most: number): number {
  if (!text) return otherwise;
  const number = Number(text);
  if (!(number >= least && number <= most)) throw new SettingError(`${name} must be a number from ${least} to ${most}.`);
  return number;
}

/** Throws SettingError. */
export function pluginEnv(source: NodeJS.ProcessEnv): PluginEnv {
  const { JAVA_HOME, PATH, SECRET_STORE_JAVA, SECRET_STORE_LAST_GOOD_HOURS, SECRET_STORE_PLUGIN_HOST_JAR, SECRET_STORE_VERSION_POLL_SECONDS } = source;
  let settings: ProviderSettings;
  try {
    settings = settingsFromEnvironment(source, (file) => readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SettingError(error instanceof Error ? error.message : 'a setting of plugins cannot be used');
  }
  return {
    java: { ...(SECRET_STORE_JAVA && { chosen: SECRET_STORE_JAVA }), ...(JAVA_HOME && { home: JAVA_HOME }), ...(PATH && { path: PATH }) },
    hostJar: SECRET_STORE_PLUGIN_HOST_JAR ? path.resolve(SECRET_STORE_PLUGIN_HOST_JAR) : undefined,
    settings,
    versionPollMs: 1_000 * amount('SECRET_STORE_VERSION_POLL_SECONDS', SECRET_STORE_VERSION_POLL_SECONDS, 30, 1, 86_400),
    lastGoodMs: 3_600_000 * amount('SECRET_STORE_LAST_GOOD_HOURS', SECRET_STORE_LAST_GOOD_HOURS, 24, 0, 8_760),
  };
}
