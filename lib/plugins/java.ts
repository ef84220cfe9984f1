import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { PluginError } from './host/plugin-error';

const run = promisify(execFile);

/** The host's class files are for this Java. */
const OLDEST = 11;

export interface Java {
  /** absolute path of the program `java` */
  program: string;
  /** its JAVA_HOME, links resolved */
  home: string;
  /** "17.0.15" */
  version: string;
  major: number;
}

/** Where to look, in this order; the caller reads its environment. */
export interface JavaPlaces {
  /** SECRET_STORE_JAVA: the program, or a JAVA_HOME; when set, nothing else is looked at */
  chosen?: string;
  /** JAVA_HOME */
  home?: string;
  /** PATH */
  path?: string;
}

/** One line for a start screen or a page. */
export const installJava = 'Install a Java runtime, 17 or later (Debian and Ubuntu: apt install openjdk-17-jre-headless), or name one in SECRET_STORE_JAVA.';

async function candidates({ chosen, home, path: searched }: JavaPlaces): Promise<string[]> {
  if (chosen) return [path.resolve(chosen), path.resolve(chosen, 'bin/java')];
  const folders = (searched ?? '/usr/local/bin:/usr/bin:/bin').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return [...(home ? [path.resolve(home, 'bin/java')] : []), ...folders.map((folder) => path.join(folder, 'java'))];
}

/** What a program says of itself, when it is a Java. Its time is bounded: PATH may hold anything. */
async function look(program: string): Promise<Java | undefined> {
  const isProgram = await access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isProgram) return undefined;
  // Settings are written to the error stream. Nothing of our environment: JAVA_TOOL_OPTIONS would change what is started.
  const said = await run(program, ['-XX:TieredStopAtLevel=1', '-XshowSettings:properties', '-version'], { env: { NODE_ENV: 'production', LANG: 'C.UTF-8' }, timeout: 30_000, maxBuffer: 2 ** 20 }).catch(() => undefined);
  const property = (name: string) => new RegExp(`^ +${name} = (.*)$`, 'm').exec(said?.stderr ?? '')?.[1]?.trim();
  const version = property('java\\.version');
  const home = property('java\\.home');
  if (version === undefined || home === undefined) return undefined;
  const [first, second] = version.split(/[._+-]/).map(Number);
  return { program: path.join(home, 'bin/java'), home: await realpath(home), version, major: (first === 1 ? second : first) ?? 0 };
}

/**
 * Finds the Java that plugins run in. It is started once to ask for its version: keep the answer.
 * Throws PluginError `unavailable` that says what to install when there is none, or none that is new enough.
 */
export async function findJava(places: JavaPlaces): Promise<Java> {
  let tooOld: Java | undefined;
  for (const program of await candidates(places)) {
    const java = await look(program);
    if (java && java.major >= OLDEST) return java;
    tooOld ??= java;
  }
  if (tooOld) throw new PluginError('unavailable', `Plugins need Java ${OLDEST} or later; ${tooOld.program} is Java ${tooOld.version}.`, { cure: installJava });
  if (places.chosen) throw new PluginError('unavailable', `There is no Java at ${places.chosen}, which SECRET_STORE_JAVA names.`, { cure: installJava });
  throw new PluginError('unavailable', 'No Java was found, so no plugin can run.', { cure: installJava });
}
