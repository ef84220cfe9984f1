#!/usr/bin/env node
// Builds plugins/ with Maven into dist/plugins: the plugin host and the plugins that come with the product. Without a JDK, Maven or
// network it says so in a line: all else of the product works without.
import { spawn } from 'node:child_process';
import { access, constants, copyFile, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { constants as system, setPriority } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exists, fingerprint, projectRoot, writeIfChanged } from './files.mjs';
import { takeLock } from './lock.mjs';

const folder = join(projectRoot, 'plugins');
const made = join(projectRoot, 'dist', 'plugins');
const stampFile = join(made, 'sources.sha256');
const hostJar = 'secret-store-plugin-host.jar';
/** Modules whose JARs are part of the product; the others are for tests, or to copy. */
const delivered = ['host', 'vault', 'azure-key-vault'];

export const installJdk = 'Providers from JARs need plugins to be built: install a JDK, 17 or later, and Maven (Debian and Ubuntu: apt install openjdk-17-jdk-headless maven), then run npm run build. Everything else works.';

async function onPath(name) {
  const folders = [...(process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin')] : []), ...(process.env.PATH ?? '').split(delimiter)];
  for (const each of folders) {
    const file = join(each, name);
    if (await access(file, constants.X_OK).then(() => true, () => false)) return file;
  }
  return undefined;
}

/** Whether Maven and a JDK that is new enough are there. */
export async function hasJdk() {
  const javac = await onPath('javac');
  if (!javac || !(await onPath('mvn'))) return false;
  const { output } = await run(javac, ['-version']);
  return Number(/javac (\d+)/.exec(output)?.[1] ?? 0) >= 17;
}

async function sources() {
  const modules = (await readdir(folder, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  return ['plugins/pom.xml', ...modules.flatMap((name) => [`plugins/${name}/pom.xml`, `plugins/${name}/src`])];
}

/** Runs a program that ends with us. In the background it gets the processor when nobody else wants it. */
async function run(program, args, { onLine = () => {}, inBackground = false } = {}) {
  const tie = (await exists('/usr/bin/setpriv')) ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];
  const [command, ...rest] = [...tie, program, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      if (inBackground && child.pid) setPriority(child.pid, system.priority.PRIORITY_LOW);
    } catch {
      // It is gone already, which is told below.
    }
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    let output = '';
    const take = (chunk) => {
      output += chunk;
      for (const line of String(chunk).split('\n')) onLine(line);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('exit', end);
      resolve({ code, output });
    });
  });
}

/** Puts the JARs of the modules that were built in place, whole. Answers the modules that were not. */
async function collect() {
  await mkdir(made, { recursive: true });
  const kept = new Set(['sources.sha256']);
  const missing = [];
  for (const name of delivered) {
    if (!(await exists(join(folder, name, 'pom.xml')))) continue;
    const target = join(folder, name, 'target');
    const jar = (await readdir(target).catch(() => [])).find((file) => file.endsWith('.jar') && !/^original-|-(sources|javadoc|tests)\.jar$/.test(file));
    if (!jar) {
      missing.push(name);
      continue;
    }
    const draft = join(made, `.${jar}.${process.pid}`);
    await copyFile(join(target, jar), draft);
    await rename(draft, join(made, jar));
    kept.add(jar);
  }
  for (const name of await readdir(made)) if (!kept.has(name)) await rm(join(made, name), { recursive: true, force: true });
  return missing;
}

const isNetwork = /Could not transfer|Could not resolve dependencies|could not be resolved|Unknown host|Network is unreachable|Connection (refused|timed out)|in offline mode|Temporary failure in name resolution/;

/**
 * Builds when sources changed or nothing is built; else does nothing. Lines for people go to `say`.
 * @param {{say?: (line: string) => void, inBackground?: boolean}} options
 * @returns {Promise<boolean>} whether the host is there; rejects when the sources cannot be compiled
 */
export async function buildPlugins({ say = (line) => console.log(line), inBackground = false } = {}) {
  if (!(await exists(join(folder, 'pom.xml')))) return false;
  await mkdir(join(projectRoot, 'dist'), { recursive: true });
  const lock = await takeLock(join(projectRoot, 'dist', 'plugins.lock'), 'plugins');
  // Another process builds the same; whoever waits for it would only find it done.
  if (!('release' in lock)) return exists(join(made, hostJar));
  try {
    const isBuilt = await exists(join(made, hostJar));
    const now = await fingerprint(await sources());
    if (isBuilt && (await readFile(stampFile, 'utf8').catch(() => '')) === now) return true;
    if (!(await hasJdk())) {
      say(isBuilt ? 'The plugins changed, and there is no JDK with Maven to build them again: those built before are used.' : installJdk);
      return isBuilt;
    }
    const began = performance.now();
    say(isBuilt ? 'Building the plugins again: they changed' : 'Building the plugin host and plugins (once; a minute or two while Maven fetches libraries, everything else works meanwhile)');
    // A library that cannot be had fails its own module, not the host.
    const { code, output } = await run('mvn', ['-B', '-ntp', '--fail-at-end', '-f', folder, 'package', '-DskipTests', '-Dstyle.color=never'], { inBackground, onLine: (line) => {
      const step = /Building (.+?) \S+ +\[(\d+)\/(\d+)\]/.exec(line);
      if (step && !inBackground) say(`  ${step[2]} of ${step[3]}: ${step[1]}`);
    } });
    const missing = code === 0 || isBuilt ? [] : await collect();
    if (code === 0) {
      await collect();
      await writeIfChanged(stampFile, now);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      say(inBackground ? `The plugins are built (${seconds} s): providers from JARs can be added now.` : `  done in ${seconds} s`);
      return true;
    }
    if (isNetwork.test(output)) {
      const what = missing.length > 0 && !missing.includes('host') ? `The plugins ${missing.join(' and ')}` : 'The plugins';
      say(`${what} could not be built: Maven cannot fetch its libraries (no network?). Everything else works; npm run build tries again.`);
      return exists(join(made, hostJar));
    }
    const errors = output.split('\n').filter((line) => line.startsWith('[ERROR]')).slice(0, 12);
    throw new Error(`The plugins could not be built:\n${(errors.length > 0 ? errors : output.split('\n').slice(-12)).join('\n')}`);
  } finally {
    await lock.release();
  }
}

/** For a start: builds beside what runs, and says what is missing. Never fails. */
export async function buildPluginsInBackground() {
  try {
    const isBuilt = await buildPlugins({ inBackground: true });
    const chosen = process.env.SECRET_STORE_JAVA;
    if (isBuilt && !chosen && !(await onPath('java'))) {
      console.log('Providers from JARs need a Java runtime: install one, 17 or later (Debian and Ubuntu: apt install openjdk-17-jre-headless), or name it in SECRET_STORE_JAVA. Everything else works.');
    }
  } catch (error) {
    console.log(error.message);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await buildPlugins();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
