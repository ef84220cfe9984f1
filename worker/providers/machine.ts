import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { probeContainment, type Containment } from '@/lib/plugins/containment';
import { PluginError } from '@/lib/plugins/host/plugin-error';
import { findJava, type Java } from '@/lib/plugins/java';
import type { PluginEnv } from '@/worker/plugin-env';

/** What plugins run with on this machine. */
export interface Machine {
  java: Java;
  containment: Containment;
  hostJar: string;
}

const jarName = 'secret-store-plugin-host.jar';
/** Beside the program as it is built, and where Maven leaves it in a checkout. */
const places = [path.join('plugins', jarName), path.join('dist', 'plugins', jarName), path.join('plugins', 'host', 'target', jarName)];

function findHostJar(chosen: string | undefined): string {
  if (chosen !== undefined) {
    if (existsSync(chosen)) return chosen;
    throw new PluginError('unavailable', `There is no plugin host at ${chosen}, which SECRET_STORE_PLUGIN_HOST_JAR names.`);
  }
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    for (const place of places) {
      const file = path.join(folder, place);
      if (existsSync(file)) return file;
    }
    if (folder === path.dirname(folder)) break;
  }
  throw new PluginError('unavailable', 'The plugin host is not on this worker, so no plugin can run here.', {
    cure: `Copy plugins/${jarName} from the server’s dist folder to the folder beside this program’s, or name it in SECRET_STORE_PLUGIN_HOST_JAR.`,
  });
}

/** Finds it once; as long as there is none, looks again each time. Throws PluginError `unavailable` that says what to install. */
export function machineFinder(env: Pick<PluginEnv, 'java' | 'hostJar'>): () => Promise<Machine> {
  let found: Promise<Machine> | undefined;
  return () => {
    const looking = (found ??= (async () => {
      const hostJar = findHostJar(env.hostJar);
      const java = await findJava(env.java);
      return { java, hostJar, containment: await probeContainment(java) };
    })());
    looking.catch(() => {
      if (found === looking) found = undefined;
    });
    return looking;
  };
}
