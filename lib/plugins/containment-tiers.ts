import { lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** Weakest first. */
export type Tier = 'plain' | 'own-user' | 'bubblewrap';

/** Programs of the system that contain; undefined where they are not there, or do not work. */
export interface Tools {
  setpriv?: string;
  prlimit?: string;
  bwrap?: string;
}

/** What is to be run, and what it needs. */
export interface ContainedCommand {
  program: string;
  args: string[];
  /** JAVA_HOME */
  javaHome: string;
  /** the only folder it may write to: working and temporary directory */
  work: string;
  readable: string[];
  writable: string[];
  /** runs as this user; undefined = as we do */
  user?: { uid: number; gid: number };
  /** whether that user is this host's alone, so that its processes can be counted */
  isOwnUser?: boolean;
  /** most bytes of writable memory */
  dataBytes?: number;
}

const MIB = 2 ** 20;

/** Limits of the system for one process. Not of the address space: Java reserves more than it uses. */
function limits(prlimit: string | undefined, command: ContainedCommand): string[] {
  if (!prlimit) return [];
  return [
    prlimit,
    '--core=0',
    '--nofile=1024',
    `--fsize=${256 * MIB}`,
    // Counted for a user, so only for one that has nothing else.
    ...(command.isOwnUser ? ['--nproc=1024'] : []),
    ...(command.dataBytes ? [`--data=${command.dataBytes}`] : []),
  ];
}

function asUser(setpriv: string, { user }: ContainedCommand, isTied: boolean): string[] {
  return [
    setpriv,
    ...(user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : []),
    '--no-new-privs',
    ...(isTied ? ['--pdeathsig', 'KILL'] : []),
  ];
}

/** What Java and name resolution read of /etc. */
const etc = [
  'alternatives', 'ca-certificates', 'crypto-policies', 'gai.conf', 'group', 'host.conf', 'hosts', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d',
  'localtime', 'nsswitch.conf', 'passwd', 'pki', 'protocols', 'resolv.conf', 'services', 'ssl', 'timezone',
];

/** Top folders of the system's programs and libraries; links, as newer systems have them, are made as links. */
function systemFolders(): string[] {
  return ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].flatMap((folder) => {
    try {
      return lstatSync(folder).isSymbolicLink() ? ['--symlink', readlinkSync(folder), folder] : ['--ro-bind', folder, folder];
    } catch {
      return [];
    }
  });
}

/** A file system with the system's programs, Java and what the command needs: nothing of the product, no home, no data. */
function sandbox(bwrap: string, command: ContainedCommand): string[] {
  const etcBinds = [...etc.map((name) => `/etc/${name}`), ...javaConfiguration(command.javaHome)].flatMap((file) => ['--ro-bind-try', file, file]);
  return [
    bwrap,
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--die-with-parent',
    '--new-session',
    // Root would keep its rights; where it becomes another user inside, it needs them until then.
    ...(command.user ? [] : ['--cap-drop', 'ALL']),
    '--ro-bind', '/usr', '/usr',
    ...systemFolders(),
    '--perms', '0755', '--dir', '/etc',
    ...etcBinds,
    '--proc', '/proc',
    '--dev', '/dev',
    '--tmpfs', '/tmp',
    ...ways([command.javaHome, ...command.readable, command.work, ...command.writable]),
    ...[command.javaHome, ...command.readable].flatMap((each) => ['--ro-bind', each, each]),
    ...[command.work, ...command.writable].flatMap((each) => ['--bind', each, each]),
    '--chdir', command.work,
  ];
}

/** The folders above what is mounted: bubblewrap would make them for root alone, and the plugin may be another user. */
function ways(targets: string[]): string[] {
  const folders = new Set<string>();
  for (const target of targets) {
    const above: string[] = [];
    for (let at = path.dirname(target); at !== '/'; at = path.dirname(at)) above.unshift(at);
    for (const folder of above) if (!/^\/(usr|bin|sbin|lib\w*|etc|proc|dev)(\/|$)/.test(folder)) folders.add(folder);
  }
  return [...folders].flatMap((folder) => ['--perms', '0755', '--dir', folder]);
}

/** Debian keeps the configuration of each Java in /etc, behind links from JAVA_HOME. */
function javaConfiguration(javaHome: string): string[] {
  const name = /^java-(\d+)-/.exec(path.basename(javaHome))?.[1];
  return name === undefined ? [] : [`/etc/java-${name}-openjdk`];
}

/** The command line that runs a command in a tier. The environment is the caller's business, and comes through as it is given. */
export function contain(tier: Tier, tools: Tools, command: ContainedCommand): [program: string, ...args: string[]] {
  const line = [command.program, ...command.args];
  const prefix: string[] = [];
  switch (tier) {
    case 'bubblewrap':
      if (!tools.bwrap) throw new Error('bubblewrap is not there');
      // Limits and user inside: bubblewrap itself needs its rights, and counts processes of its own namespace only there.
      prefix.push(...sandbox(tools.bwrap, command), ...limits(tools.prlimit, command), ...(tools.setpriv ? asUser(tools.setpriv, command, false) : []));
      break;
    case 'own-user':
      if (!tools.setpriv) throw new Error('setpriv is not there');
      prefix.push(...limits(tools.prlimit, command), ...asUser(tools.setpriv, command, true));
      break;
    case 'plain':
      prefix.push(...limits(tools.prlimit, command), ...(tools.setpriv ? asUser(tools.setpriv, command, true) : []));
      break;
  }
  const [program = command.program, ...args] = [...prefix, ...line];
  return [program, ...args];
}
