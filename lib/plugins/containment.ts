import { execFile } from 'node:child_process';
import { access, chmod, chown, constants, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { contain, type ContainedCommand, type Tier, type Tools } from './containment-tiers';
import { releaseUid, takeUid } from './containment-users';
import type { Java } from './java';

const run = promisify(execFile);

/** How plugins are held on this machine, for a page; found by trying. */
export interface Containment {
  tier: Tier;
  title: string;
  protects: string[];
  doesNot: string[];
  /** why a stronger tier is not used, and what to do for it */
  reasons: string[];
  tools: Tools;
  /** hosts run as users of their own */
  hasOwnUsers: boolean;
  /** user numbers above 65,535 do not exist here */
  hasFewUsers: boolean;
}

const titles: Record<Tier, string> = {
  plain: 'Plain: a process of its own, as the user that Secret Store runs as',
  'own-user': 'A user of its own for each plugin, with limits',
  bubblewrap: 'A sandbox for each plugin (bubblewrap)',
};

const always = [
  'A plugin that crashes, exits or hangs ends or delays its own provider only; calls have a time-out and the process is ended past it.',
  'Its environment holds nothing of Secret Store’s; it writes no core dump.',
  'Memory and threads beyond its bounds end its process.',
];
const never = ['It can use the network and its share of the processor, and pass on the values that it is given: a plugin is trusted with those.'];

/** What a tier promises; the tests hold it to each sentence. */
function claims(tier: Tier, hasOwnUsers: boolean, hasLimits: boolean): Pick<Containment, 'protects' | 'doesNot'> {
  const noLimits = hasLimits ? [] : ['The system sets no limits for it: prlimit (util-linux) is not there.'];
  switch (tier) {
    case 'plain':
      return {
        protects: always,
        doesNot: [
          'It runs as the same user as Secret Store, so it can read and change whatever that may: the data folder with the keyring, the environment and memory of its processes, other plugins’ folders. Upload only modules that you would run yourself.',
          'A process that it starts can live on after it.',
          ...noLimits,
          ...never,
        ],
      };
    case 'own-user':
      return {
        protects: [
          ...always,
          'It cannot read the data folder with the keyring, nor the environment or memory of Secret Store or of other plugins; it cannot send them signals.',
          'Processes that it starts are ended with it, and counted: at most 1,024 threads and processes.',
        ],
        doesNot: ['It can read what every user of this machine can read, and see the names of processes.', 'It can fill the disk of the temporary folder, file by file.', ...noLimits, ...never],
      };
    case 'bubblewrap':
      return {
        protects: [
          ...always,
          'It sees no files but the system’s programs, Java, its module, its private folder and what an operator opens to it: neither the data folder with the keyring nor Secret Store’s own programs.',
          'It sees no processes but its own, so that it can neither read their environment nor send them signals; those that it starts are ended with it.',
          ...(hasOwnUsers ? ['It runs as a user of its own, which owns nothing else.'] : []),
        ],
        doesNot: ['It can fill the disk that its private folder is on, file by file.', ...noLimits, ...never],
      };
  }
}

async function findTool(name: string): Promise<string | undefined> {
  for (const folder of ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']) {
    const file = path.join(folder, name);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}

/** Runs `java -version` in a tier: nothing less shows that Java works there. Answers what was wrong, in a line. */
async function tryTier(tier: Tier, tools: Tools, java: Java, ownUser: 'none' | 'high' | 'low'): Promise<string | undefined> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'secret-store-try-'));
  const uid = ownUser === 'none' ? undefined : takeUid(ownUser === 'low');
  try {
    if (uid !== undefined) await chown(work, uid, uid);
    await chmod(work, 0o700);
    const command: ContainedCommand = {
      program: java.program,
      args: ['-Xmx32m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', `-Djava.io.tmpdir=${work}`, '-version'],
      javaHome: java.home,
      work,
      readable: [],
      writable: [],
      ...(uid === undefined ? {} : { user: { uid, gid: uid }, isOwnUser: true }),
      dataBytes: 512 * 2 ** 20,
    };
    const [program, ...args] = contain(tier, tools, command);
    await run(program, args, { cwd: '/', env: { NODE_ENV: 'production', LANG: 'C.UTF-8' }, timeout: 20_000 });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim().split('\n')[0] : '';
    return said || (error instanceof Error ? error.message.split('\n')[0] : String(error));
  } finally {
    if (uid !== undefined) releaseUid(uid);
    await rm(work, { recursive: true, force: true });
  }
}

async function works(tier: Tier, tools: Tools, java: Java, ownUser: 'none' | 'high' | 'low' = 'none'): Promise<boolean> {
  return (await tryTier(tier, tools, java, ownUser)) === undefined;
}

/**
 * Finds the strongest tier that works here, by running Java in it. A second or less; keep the answer.
 * @param strongest not stronger than this: for operators whom a tier gets into the way, and for tests
 */
export async function probeContainment(java: Java, strongest: Tier = 'bubblewrap'): Promise<Containment> {
  const found: Tools = { setpriv: await findTool('setpriv'), prlimit: await findTool('prlimit'), bwrap: await findTool('bwrap') };
  // A tool that is there and does not work is as one that is not.
  const tools: Tools = {};
  if (found.prlimit && (await works('plain', { prlimit: found.prlimit }, java))) tools.prlimit = found.prlimit;
  if (found.setpriv && (await works('plain', { ...tools, setpriv: found.setpriv }, java))) tools.setpriv = found.setpriv;

  const isRoot = process.getuid?.() === 0;
  const reasons: string[] = [];
  const report = (tier: Tier, hasOwnUsers = false, hasFewUsers = false): Containment => ({
    tier, title: titles[tier], ...claims(tier, hasOwnUsers, tools.prlimit !== undefined), reasons, tools, hasOwnUsers, hasFewUsers,
  });
  let users: 'none' | 'high' | 'low' = 'none';
  if (isRoot && tools.setpriv) {
    if (await works('own-user', tools, java, 'high')) users = 'high';
    else if (await works('own-user', tools, java, 'low')) users = 'low';
  }

  if (strongest === 'bubblewrap') {
    if (found.bwrap) {
      const withBwrap = { ...tools, bwrap: found.bwrap };
      const trouble = await tryTier('bubblewrap', withBwrap, java, users);
      if (trouble === undefined) {
        tools.bwrap = found.bwrap;
        return report('bubblewrap', users !== 'none', users === 'low');
      }
      reasons.push(`bubblewrap does not work here: ${trouble.slice(0, 200)}`);
    } else {
      reasons.push('bubblewrap is not installed (Debian and Ubuntu: apt install bubblewrap).');
    }
  }
  if (strongest !== 'plain') {
    if (users !== 'none') return report('own-user', true, users === 'low');
    reasons.push(isRoot ? 'No user of its own could be given to a plugin: setpriv (util-linux) is not there or may not change users.' : 'Only root can give each plugin a user of its own.');
  }
  return report('plain');
}
