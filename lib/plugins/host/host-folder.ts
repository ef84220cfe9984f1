import { chmod, chown, constants, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Containment } from '../containment';
import { endProcessesOf, releaseUid, takeUid } from '../containment-users';
import { demandOpenable } from './opened-paths';
import { PluginError } from './plugin-error';
import { isAlive } from './process-table';
import type { HostSettings } from './settings';

/** One host's place on disk, gone when the host is. */
export interface HostFolder {
  /** its working and temporary directory, the only one it may write to */
  work: string;
  hostJar: string;
  moduleJar: string;
  /** undefined = it runs as we do */
  user?: { uid: number; gid: number };
  /** that user is this host's alone */
  isOwnUser: boolean;
  /** Makes a file of ours readable to the plugin alone. Answers its path there. */
  expose(file: string): Promise<string>;
  /** Writes a file that the plugin alone can read. Answers its path there. */
  put(content: Uint8Array): Promise<string>;
  remove(): Promise<void>;
}

/** Names the process that made it and the user it was for, so that the next start can clean up after a kill -9. */
const folderName = /^h-(\d+)-(\d+)-/;

/** Whether another user can get to what lies in a folder. */
async function isReachable(folder: string): Promise<boolean> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** A folder that other users can pass through and only we can write to. */
async function reachableFolder(folder: string): Promise<string> {
  if (await isReachable(folder)) return folder;
  const shared = path.join(os.tmpdir(), `secret-store-hosts-${process.getuid?.() ?? 0}`);
  await mkdir(shared, { mode: 0o711 }).catch(() => undefined);
  const found = await lstat(shared);
  // Anyone may make a folder of that name in the temporary directory first.
  const isSafe = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  const safe = isSafe ? shared : await mkdtemp(`${shared}-`);
  await chmod(safe, 0o711);
  return safe;
}

const sweeps = new Map<string, Promise<void>>();

/** Once for each folder, before a host is made in it. */
function swept(folder: string, setpriv: string | undefined): Promise<void> {
  const known = sweeps.get(folder) ?? sweep(folder, setpriv);
  sweeps.set(folder, known);
  return known;
}

/** Removes what hosts of processes left behind that were killed, and ends what still runs of them. */
async function sweep(folder: string, setpriv: string | undefined): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, pid, uid] = folderName.exec(name) ?? [];
    // Our own number is that of a process before us: in containers they come again.
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue;
    if (setpriv && process.getuid?.() === 0) endProcessesOf(Number(uid), setpriv);
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** The user that the operator's folders ask for. Throws PluginError `configuration` where a path cannot be given to the plugin. */
async function userOfPaths(settings: HostSettings, hasOwnUsers: boolean, dataFolder: string | undefined): Promise<{ uid: number; gid: number } | undefined> {
  let user: { uid: number; gid: number } | undefined;
  for (const each of [...settings.readablePaths, ...settings.writablePaths]) {
    const found = path.isAbsolute(each) ? await stat(each).catch(() => undefined) : undefined;
    if (!found) throw new PluginError('configuration', `The path ${each}, which is opened to the plugin, does not exist or is not absolute.`);
    demandOpenable(each, dataFolder);
    if (!hasOwnUsers || !settings.writablePaths.includes(each)) continue;
    if (found.uid === 0) {
      throw new PluginError('configuration', `The path ${each} belongs to root, so a plugin cannot be allowed to write there.`, {
        cure: 'Give it to a user of its own (chown); the plugin then runs as that user.',
      });
    }
    user ??= { uid: found.uid, gid: found.gid };
  }
  return user;
}

/**
 * @param folder absolute; made if it is not there. Where it is closed to other users and the plugin runs as one, the system's temporary
 *   directory is used
 */
export async function makeHostFolder(options: { containment: Containment; folder: string; hostJar: string; moduleJar: string; settings: HostSettings; dataFolder?: string | undefined }): Promise<HostFolder> {
  const { containment, settings, hostJar, moduleJar } = options;
  const given = await userOfPaths(settings, containment.hasOwnUsers, options.dataFolder);
  await mkdir(options.folder, { recursive: true, mode: 0o711 });
  const folder = containment.tier === 'own-user' ? await reachableFolder(options.folder) : options.folder;
  await swept(folder, containment.tools.setpriv);
  const uid = containment.hasOwnUsers && !given ? takeUid(containment.hasFewUsers) : undefined;
  const user = given ?? (uid === undefined ? undefined : { uid, gid: uid });
  const place = await mkdtemp(path.join(folder, `h-${process.pid}-${uid ?? 0}-`));
  let files = 0;
  const put = async (content: Uint8Array) => {
    const file = path.join(place, `file-${++files}`);
    await writeFile(file, content, { flag: 'wx', mode: 0o400 });
    if (user) await chown(file, user.uid, user.gid);
    return file;
  };
  const expose = async (file: string) => (user ? put(await readFile(file)) : file);
  const remove = async () => {
    await rm(place, { recursive: true, force: true });
    if (uid !== undefined) releaseUid(uid);
  };
  try {
    const made: HostFolder = { work: path.join(place, 'work'), hostJar, moduleJar, isOwnUser: uid !== undefined, expose, put, remove };
    await mkdir(made.work, { mode: 0o700 });
    if (user) {
      made.user = user;
      await chmod(place, 0o711);
      await chown(made.work, user.uid, user.gid);
      // Ours may be closed to that user. What it reads it must not be able to change, so they stay ours.
      made.hostJar = path.join(place, 'host.jar');
      made.moduleJar = path.join(place, 'module.jar');
      for (const [from, to] of [[hostJar, made.hostJar], [moduleJar, made.moduleJar]] as const) {
        await copyFile(from, to, constants.COPYFILE_FICLONE);
        await chmod(to, 0o444);
      }
    }
    return made;
  } catch (error) {
    await remove();
    throw error;
  }
}
