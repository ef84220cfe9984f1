import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { checkPlugin } from '@/lib/plugins/check/check';
import { probeContainment } from '@/lib/plugins/containment';
import type { Tier } from '@/lib/plugins/containment-tiers';
import { PluginError } from '@/lib/plugins/host/plugin-error';
import { layered } from '@/lib/plugins/host/settings';
import { findJava, type Java } from '@/lib/plugins/java';
import { hostSettings } from '@/lib/schemas/provider-settings';
import { projectRoot } from '@/server/root';
import { UserError } from '@/server/user-error';
import { readArguments, usage, type Asked } from './arguments';
import { HumanReport, jsonReport, styleFor } from './report';

export const exitCodes = { conforms: 0, doesNotConform: 1, notMade: 2, interrupted: 130 } as const;

export interface Prepared {
  asked: Asked;
  java: Java;
  strongest: Tier;
  hasColours: boolean;
}

const tiers: readonly string[] = ['plain', 'own-user', 'bubblewrap'] satisfies Tier[];
const isTier = (text: string): text is Tier => tiers.includes(text);

/** What can be seen to be wrong before anything is built for it: the command line, and a missing Java. */
export async function prepareCheck(args: string[], environment: NodeJS.ProcessEnv): Promise<Prepared | { exitCode: number }> {
  try {
    const asked = readArguments(args, environment);
    if (!asked) {
      process.stdout.write(usage);
      return { exitCode: exitCodes.conforms };
    }
    if (!existsSync(asked.jar)) throw new UserError(`${asked.jar} is not there.`);
    const { SECRET_STORE_JAVA, JAVA_HOME, PATH, SECRET_STORE_PLUGIN_CONTAINMENT: strongest, NO_COLOR } = environment;
    if (strongest && !isTier(strongest)) throw new UserError('SECRET_STORE_PLUGIN_CONTAINMENT must be plain, own-user or bubblewrap.');
    const java = await findJava({ ...(SECRET_STORE_JAVA && { chosen: SECRET_STORE_JAVA }), ...(JAVA_HOME && { home: JAVA_HOME }), ...(PATH && { path: PATH }) });
    return { asked, java, strongest: strongest && isTier(strongest) ? strongest : 'bubblewrap', hasColours: process.stdout.isTTY && !NO_COLOR };
  } catch (error) {
    return { exitCode: explain(error) };
  }
}

/** Answers the exit code. Where it ends early, what it made in the backend is removed first. */
export async function runCheck({ asked, java, strongest, hasColours }: Prepared): Promise<number> {
  const ending = new AbortController();
  listenForEnd(ending);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'secret-store-check-'));
  const began = performance.now();
  try {
    // Plugins that run as users of their own pass through it.
    await chmod(folder, 0o711);
    const containment = await probeContainment(java, strongest);
    const human = asked.isJson ? undefined : new HumanReport(styleFor(hasColours), process.stdout.isTTY ? process.stdout.columns : undefined, (text) => process.stdout.write(text));
    human?.begin(asked.jar, java, containment);
    const report = await checkPlugin({
      jar: asked.jar,
      factory: asked.factory,
      configuration: asked.configuration,
      entry: asked.entry,
      java,
      containment,
      hostJar: path.join(projectRoot, 'dist', 'plugins', 'secret-store-plugin-host.jar'),
      settings: layered(hostSettings(asked.settings)),
      folder: path.join(folder, 'hosts'),
      signal: ending.signal,
      ...(human && { onModule: (inspection) => human.module(inspection), onBegin: (guarantee) => human.trying(guarantee), onResult: (result) => human.result(result) }),
    });
    const ms = performance.now() - began;
    human?.end(report, ms);
    if (!human) await new Promise((resolve) => process.stdout.write(jsonReport(report, asked.jar, java, containment, ms), resolve));
    if (report.interrupted) return exitCodes.interrupted;
    return report.conforms ? exitCodes.conforms : exitCodes.doesNotConform;
  } catch (error) {
    return explain(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** npm hands a signal on that the terminal has sent to all: those are one. */
const SAME_SIGNAL_MS = 1_000;

function listenForEnd(ending: AbortController): void {
  let first = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first === 0) {
        first = performance.now();
        process.stderr.write('\nRemoving what was made in the backend; once more ends at once.\n');
        ending.abort();
      } else if (performance.now() - first > SAME_SIGNAL_MS) process.exit(exitCodes.interrupted);
    });
  }
  // Who read the report has gone: the entries are removed all the same.
  process.stdout.on('error', () => ending.abort());
}

function explain(error: unknown): number {
  if (error instanceof UserError) process.stderr.write(`${error.message}\n`);
  else if (error instanceof PluginError) process.stderr.write(`${error.message}${error.cure ? ` ${error.cure}` : ''}\n`);
  else process.stderr.write(`The check failed: ${error instanceof Error ? error.message : String(error)}\n`);
  return exitCodes.notMade;
}
