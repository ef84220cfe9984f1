import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Containment } from '../containment';
import { contain } from '../containment-tiers';
import { endProcessesOf } from '../containment-users';
import type { Java } from '../java';
import { makeHostFolder, type HostFolder } from './host-folder';
import { errorFile, hostEnvironment, jvmArguments, memoryBounds, type MemoryBounds } from './jvm';
import { demandOpenable, readKeyStore } from './opened-paths';
import { PluginError } from './plugin-error';
import { resourcesOf } from './process-table';
import type { HostSettings } from './settings';
import { trustStore } from './trust-store';

const WATCH_MS = 250;
/** A plugin has its calls' 64, its libraries' and Java's own. */
const MOST_THREADS = 512;
/** After a host's death its answers may still lie in the pipe, which a process that it left behind may hold open. */
const DRAIN_MS = 100;

export interface HostProcessOptions {
  java: Java;
  hostJar: string;
  moduleJar: string;
  settings: HostSettings;
  containment: Containment;
  /** where its folder is made; absolute */
  folder: string;
  /** the product's own data: nothing in it is opened to a plugin, whatever its settings say */
  dataFolder?: string | undefined;
}

/** Why a host is no more: what it did, in words that follow "The plugin's process". */
export interface HostEnd {
  reason: string;
  /** we ended it because it was asked nothing, or to stop */
  wasWanted: boolean;
}

/**
 * Key and trust stores that options name are the plugin's to read, wherever they lie. One that is not there is Java's to complain of;
 * what is none is not handed over. Throws PluginError `configuration`.
 */
async function withStores(options: string[], folder: HostFolder, dataFolder: string | undefined): Promise<{ jvmOptions: string[]; stores: string[] }> {
  const stores: string[] = [];
  const jvmOptions: string[] = [];
  for (const option of options) {
    const [, name, file] = /^-D(javax\.net\.ssl\.(?:trust|key)Store)=(\/.+)$/.exec(option) ?? [];
    if (file !== undefined && existsSync(file)) {
      demandOpenable(file, dataFolder);
      const content = await readKeyStore(file);
      if (!content) throw new PluginError('configuration', `The file that ${name} names is no key store (JKS or PKCS #12), so it is not handed to the plugin.`);
      const exposed = await folder.put(content);
      stores.push(exposed);
      jvmOptions.push(`-D${name}=${exposed}`);
    } else {
      jvmOptions.push(option);
    }
  }
  return { jvmOptions, stores };
}

const alive = new Set<HostProcess>();

/** However this process ends, short of a kill -9, its hosts end first; after that they see that their parent is gone. */
function endAll(): void {
  for (const each of alive) each.kill('was ended with its parent');
}

/** One JVM, from its start until nothing of it is left. */
export class HostProcess {
  /** resolves when it is gone, and all that it started where the tier can tell */
  readonly ended: Promise<HostEnd>;
  private killedFor: string | undefined;
  private isWanted = false;
  private readonly watch: NodeJS.Timeout;

  private constructor(
    readonly child: ChildProcessWithoutNullStreams,
    readonly folder: HostFolder,
    private readonly setpriv: string | undefined,
    private readonly heapMb: number,
    bounds: MemoryBounds,
  ) {
    if (alive.size === 0) process.on('exit', endAll);
    alive.add(this);
    this.watch = setInterval(() => this.look(bounds), WATCH_MS).unref();
    this.ended = this.whenEnded();
  }

  /** Starts a JVM; whether it serves is seen when it answers. Rejects with PluginError, or with what the system says. */
  static async start(options: HostProcessOptions): Promise<HostProcess> {
    const { java, settings, containment } = options;
    const store = settings.caPem ? await trustStore(java, settings.caPem, options.folder) : undefined;
    const folder = await makeHostFolder(options);
    try {
      const bounds = memoryBounds(settings);
      const trusted = store && (await folder.expose(store));
      const { jvmOptions, stores } = await withStores(settings.jvmOptions, folder, options.dataFolder);
      const [program, ...args] = contain(containment.tier, containment.tools, {
        program: java.program,
        args: jvmArguments({ ...settings, jvmOptions }, { hostJar: folder.hostJar, work: folder.work, ...(trusted ? { trustStore: trusted } : {}) }),
        javaHome: java.home,
        work: folder.work,
        readable: [folder.hostJar, folder.moduleJar, ...(trusted ? [trusted] : []), ...stores, ...settings.readablePaths],
        writable: settings.writablePaths,
        ...(folder.user ? { user: folder.user, isOwnUser: folder.isOwnUser } : {}),
        dataBytes: bounds.dataBytes,
      });
      // In a process group of its own: Ctrl-C reaches it through us, and what it starts can be ended with it.
      const child = spawn(program, args, { cwd: folder.work, env: hostEnvironment(settings) as NodeJS.ProcessEnv, stdio: 'pipe', detached: true });
      await new Promise((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      });
      return new HostProcess(child, folder, containment.tools.setpriv, settings.heapMb, bounds);
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends it at once. `reason` follows "The plugin's process". Does nothing when it is gone already. */
  kill(reason: string, isWanted = false): void {
    if (!alive.has(this)) return;
    this.killedFor ??= reason;
    this.isWanted ||= isWanted;
    this.killGroup();
    this.endUser();
  }

  /** Closes its input, at which it ends; insists after `patience` milliseconds. */
  async stop(patience: number): Promise<void> {
    this.isWanted = true;
    this.killedFor ??= 'was ended';
    this.child.stdin.end();
    const timer = new AbortController();
    const late = sleep(patience, true, { signal: timer.signal }).catch(() => false);
    if (await Promise.race([late, this.ended.then(() => false)])) this.kill('was ended', true);
    timer.abort();
    await this.ended;
  }

  private killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // Nobody is left in it.
    }
  }

  private endUser(): void {
    if (this.folder.isOwnUser && this.folder.user && this.setpriv) endProcessesOf(this.folder.user.uid, this.setpriv);
  }

  private look(bounds: MemoryBounds): void {
    const { residentBytes, threads } = resourcesOf(this.pid);
    const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
    if (residentBytes > bounds.residentBytes) {
      this.kill(`took ${mib(residentBytes)} MiB of memory, more than the ${mib(bounds.residentBytes)} MiB that it may (its heap of ${this.heapMb} MiB, and ${mib(bounds.residentBytes) - this.heapMb} MiB besides), and was ended`);
    } else if (threads > MOST_THREADS) {
      this.kill(`ran ${threads} threads, more than the ${MOST_THREADS} that it may, and was ended`);
    }
  }

  private async whenEnded(): Promise<HostEnd> {
    const { child } = this;
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => child.once('exit', (...how) => resolve(how)));
    clearInterval(this.watch);
    this.killGroup();
    this.endUser();
    alive.delete(this);
    if (alive.size === 0) process.off('exit', endAll);
    if (!child.stdout.readableEnded) await Promise.race([new Promise((resolve) => child.stdout.once('end', resolve)), sleep(DRAIN_MS)]);
    for (const stream of child.stdio) stream?.destroy();
    const reason = this.killedFor ?? this.explain(code, signal);
    await this.folder.remove().catch(() => undefined);
    return { reason, wasWanted: this.isWanted };
  }

  /** What exit codes of Java, of the host and of shells mean. */
  private explain(code: number | null, signal: NodeJS.Signals | null): string {
    // Written by Java when it crashes; its exit code is 1 then, as for much else.
    if (existsSync(path.join(this.folder.work, errorFile))) return 'crashed: a fault in Java itself, or in native code of the plugin';
    const byNumber: Record<number, string> = { 134: 'SIGABRT', 135: 'SIGBUS', 137: 'SIGKILL', 139: 'SIGSEGV' };
    const name = signal ?? byNumber[code ?? 0];
    if (code === 3) return `ran out of its heap of ${this.heapMb} MiB and ended (Java’s exit code 3, unless the plugin chose that itself)`;
    if (code === 4) return 'closed its standard output, so that it could answer no more, and ended';
    if (name === 'SIGKILL') return 'was killed from outside, or by the system because memory ran out';
    if (name !== undefined) return `crashed (${name})`;
    return `ended by itself (exit code ${code})`;
  }
}
