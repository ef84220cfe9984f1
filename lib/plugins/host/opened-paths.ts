import { constants, realpathSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { PluginError } from './plugin-error';

/** Where the system shows processes and devices, those of the product among them. */
const systemFolders = ['/proc', '/sys', '/dev'];

const isIn = (folder: string, each: string) => each === folder || each.startsWith(folder === '/' ? '/' : `${folder}/`);

/** Where a path leads; itself where there is nothing, as on another machine. */
function real(each: string): string {
  try {
    return realpathSync(each);
  } catch {
    return path.resolve(each);
  }
}

/**
 * Why a path is not opened to a plugin, in words that follow it: it would show the product's own data, whatever the user it runs as
 * may read. Who may upload a module may change its settings too. Undefined when it may be opened.
 * @param dataFolder the product's data, with keyring, database and worker's keys; undefined where there is none
 */
export function openingProblem(each: string, dataFolder: string | undefined): string | undefined {
  const there = real(each);
  const data = dataFolder === undefined ? undefined : real(dataFolder);
  if (data !== undefined && (isIn(data, there) || isIn(there, data))) return 'is not opened to a plugin: Secret Store keeps its own data there. Open a folder that holds nothing else than what the plugin is to have.';
  if (there === '/' || systemFolders.some((folder) => isIn(folder, there))) return 'is not opened to a plugin: it shows the processes and devices of this machine. Open a folder that holds nothing else than what the plugin is to have.';
  return undefined;
}

/** Throws PluginError `configuration` for a path that is not opened to a plugin. */
export function demandOpenable(each: string, dataFolder: string | undefined): void {
  const problem = openingProblem(each, dataFolder);
  if (problem !== undefined) throw new PluginError('configuration', `The path ${each} ${problem}`);
}

/** JKS, JCEKS; a PKCS #12 file is a sequence whose first element is the number 3. */
const magics = [/^feedfeed/, /^cececece/, /^30(?:[0-7].|80|81..|82.{4}|83.{6}|84.{8})020103/];
const longestStore = 16 * 1024 * 1024;

/**
 * The content of a file that Java keeps certificates and keys in; undefined for any other. Such a file that an option names is handed
 * to the plugin, also one that its user may not read. Read once: what is looked at is what is handed over.
 */
export async function readKeyStore(file: string): Promise<Buffer | undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size > longestStore) return undefined;
    const content = await handle.readFile();
    const start = content.toString('hex', 0, 16);
    return magics.some((magic) => magic.test(start)) ? content : undefined;
  } finally {
    await handle.close();
  }
}
