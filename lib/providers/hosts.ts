import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { env } from '@/lib/env';
import { log } from '@/lib/log';
import { probeContainment, type Containment } from '@/lib/plugins/containment';
import { PluginClient } from '@/lib/plugins/host/plugin-client';
import { PluginError } from '@/lib/plugins/host/plugin-error';
import { layered, type HostSettings } from '@/lib/plugins/host/settings';
import type { Printed } from '@/lib/plugins/host/stderr-tail';
import { findJava, type Java } from '@/lib/plugins/java';
import { ModuleUnavailable } from '@/lib/plugins/module-cache';
import { moduleFile } from '@/lib/plugins/module-store';
import { openConfiguration } from '@/lib/providers/configuration';
import { endedOutput, keepOutput, merged } from '@/lib/providers/output';
import { isSignedProvider, revisionOf } from '@/lib/providers/runnable';
import { findRunnable, type RunnableRow } from '@/lib/providers/store';
import { hostSettings, type ProviderSettings } from '@/lib/schemas/provider-settings';

/** A provider's plugin in this process, for one revision of what it runs. */
export interface Hosting {
  readonly revision: string;
  readonly client: PluginClient;
  readonly settings: HostSettings;
}

interface Kept {
  revision: string;
  hosting: Promise<Hosting>;
  used: number;
}

/** What a plugin can be run with here. */
interface Machine {
  java: Java;
  containment: Containment;
}

// Next's bundle and the directly mounted routes are two copies of this module in one process: they share the hosts.
const shared = globalThis as typeof globalThis & { secretStorePlugins?: { kept: Map<string, Kept>; machine?: Promise<Machine> | undefined; stopped: boolean } };

function plugins() {
  shared.secretStorePlugins ??= { kept: new Map(), stopped: false };
  return shared.secretStorePlugins;
}

/** Java and how plugins are contained, found once; looked for again while there is none. Throws PluginError `unavailable`. */
export function machine(): Promise<Machine> {
  const all = plugins();
  all.machine ??= (async () => {
    const java = await findJava(env().java);
    return { java, containment: await probeContainment(java, env().pluginContainment) };
  })();
  const looking = all.machine;
  looking.catch(() => {
    if (all.machine === looking) all.machine = undefined;
  });
  return looking;
}

const hostJarPlaces = [path.join('dist', 'plugins', 'secret-store-plugin-host.jar'), path.join('plugins', 'host', 'target', 'secret-store-plugin-host.jar')];

function hostJar(): string {
  for (const start of [path.dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let folder = start; ; folder = path.dirname(folder)) {
      for (const place of hostJarPlaces) {
        const file = path.join(/* turbopackIgnore: true */ folder, place);
        if (existsSync(file)) return file;
      }
      if (folder === path.dirname(folder)) break;
    }
  }
  throw new PluginError('unavailable', 'The plugin host is not built, so no plugin can run here.', { cure: 'Install a JDK 17 and Maven on the server, then run "npm run build".' });
}

/** What a client is made of. */
export interface Runnable {
  name: string;
  moduleSha256: string;
  factoryClassName: string;
  settings: ProviderSettings;
  configuration: Record<string, string>;
}

/** The settings of a plugin's process: the provider's own over those of this server's environment. */
export function settingsOf(settings: ProviderSettings): HostSettings {
  return layered(hostSettings(env().pluginSettings), hostSettings(settings));
}

/** A client for a provider; its process starts with the first call. Throws PluginError when it cannot run here. */
export async function makeClient(what: Runnable): Promise<PluginClient> {
  const { java, containment } = await machine();
  const jar = await moduleFile(what.moduleSha256).catch((error: unknown) => {
    throw error instanceof ModuleUnavailable ? new PluginError('module', error.message) : error;
  });
  return new PluginClient({
    name: what.name,
    java,
    containment,
    hostJar: hostJar(),
    folder: path.join(env().dataDir, 'server', 'plugins'),
    dataFolder: env().dataDir,
    settings: settingsOf(what.settings),
    module: { jar, sha256: what.moduleSha256, factory: what.factoryClassName },
    configuration: what.configuration,
  });
}

/** Throws PluginError for a provider that waits for its module, and for one that was changed behind the server's back. */
export async function runnableOf(row: RunnableRow): Promise<Runnable> {
  if (row.moduleSha256 === null) throw new PluginError('unavailable', `${row.name} waits for its module.`, { cure: 'Ask an admin to upload its JAR, or choose another provider.' });
  if (!isSignedProvider(row)) {
    log.error({ providerId: row.id }, 'a provider in the database is not signed by this keyring');
    throw new PluginError('module', `What ${row.name} runs was not saved by this server, so it is not run.`, { cure: 'Look at its module, factory and settings, then save the provider again.' });
  }
  // Written by the service alone, which took it from the schema; and signed.
  return { name: row.name, moduleSha256: row.moduleSha256, factoryClassName: row.factoryClassName, settings: row.settings as ProviderSettings, configuration: openConfiguration(row.id, row.configuration) };
}

async function host(row: RunnableRow, revision: string): Promise<Hosting> {
  const runnable = await runnableOf(row);
  return { revision, settings: settingsOf(runnable.settings), client: await makeClient(runnable) };
}

async function end(providerId: string, kept: Kept | undefined): Promise<void> {
  const hosting = await kept?.hosting.catch(() => undefined);
  if (!hosting) return;
  await hosting.client.stop(hosting.settings.callTimeoutMs);
  keepOutput(providerId, hosting.client.printed());
}

/**
 * The host of a provider as it is saved now. One whose module, configuration or settings were changed is replaced; calls of
 * the one before finish, then it ends. Its configuration is opened only then. Throws PluginError; undefined without such a plugin.
 */
export async function hostOf(providerId: string): Promise<Hosting | undefined> {
  const row = await findRunnable(providerId);
  if (!row || row.kind === 'internal') return undefined;
  const { kept, stopped } = plugins();
  if (stopped) throw new PluginError('unavailable', `${row.name} is not started any more: the server is stopping.`);
  const revision = revisionOf(row);
  const before = kept.get(providerId);
  if (before?.revision === revision) {
    before.used = performance.now();
    return before.hosting;
  }
  const next: Kept = { revision, hosting: host(row, revision), used: performance.now() };
  kept.set(providerId, next);
  void end(providerId, before);
  // What cannot run now may later: a Java is installed, the module is uploaded again.
  next.hosting.catch(() => {
    if (kept.get(providerId) === next) kept.delete(providerId);
  });
  return next.hosting;
}

/** Ends a provider's host and forgets it: with the next call its module is looked at anew. */
export async function endHost(providerId: string): Promise<void> {
  const { kept } = plugins();
  const known = kept.get(providerId);
  kept.delete(providerId);
  await end(providerId, known);
}

const unusedMs = 10 * 60_000;

/** Forgets hosts that nobody has asked for in ten minutes, and their opened configurations with them. */
export function endUnusedHosts(): void {
  for (const [providerId, { used }] of plugins().kept) if (performance.now() - used > unusedMs) void endHost(providerId);
}

/** Ends all hosts, for good: the server stops. */
export async function stopHosts(): Promise<void> {
  const all = plugins();
  all.stopped = true;
  const ending = [...all.kept.values()];
  all.kept.clear();
  await Promise.all(ending.map(async ({ hosting }) => (await hosting.catch(() => undefined))?.client.stop()));
}

/** The last of what a provider's plugin printed in this process, without the values that are known. */
export async function outputOf(providerId: string): Promise<Printed[]> {
  const hosting = await plugins().kept.get(providerId)?.hosting.catch(() => undefined);
  return merged(endedOutput(providerId), hosting?.client.printed() ?? []);
}
