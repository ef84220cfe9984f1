import { setTimeout as sleep } from 'node:timers/promises';
import type { Java } from '../java';
import { Breaker } from './breaker';
import { explainFailure, type HostStep } from './explain-failure';
import { HostProcess, type HostProcessOptions } from './host-process';
import { PluginError } from './plugin-error';
import { answers, reads, type Capabilities, type ProviderCall } from './protocol';
import { Redactor } from './redaction';
import { CallTimedOut, ConnectionLost, RpcConnection } from './rpc-connection';
import { StderrTail, type Printed } from './stderr-tail';

/** What a plugin gets to end by itself when it is asked to. */
const STOP_MS = 3_000;
/** A call that was given up has so long to let go of its thread. */
const GRACE_MS = 500;
const PING_MS = 2_000;
const CLOSING_MS = 300;

export interface PluginHostOptions extends Omit<HostProcessOptions, 'java' | 'moduleJar'> {
  /** the provider's name, for messages */
  name: string;
  /** asked for at each start, so that Java may be installed meanwhile */
  java: Java | (() => Promise<Java>);
  module: { jar: string; sha256: string; factory: string };
  configuration: Record<string, string>;
  /** for logs and health; `reason` holds no values */
  onEvent?: (event: HostEvent) => void;
}

export type HostEvent = { type: 'started'; pid: number; ms: number } | { type: 'ended'; reason: string; wasWanted: boolean } | { type: 'failed'; reason: string };

interface Running {
  process: HostProcess;
  rpc: RpcConnection;
  java: string;
  capabilities: Capabilities;
  /** how long starting and loading, then the factory's create took */
  startMs: number;
  createMs: number;
}

/** One provider's host: started when it is needed, ended when it is idle, started again when it died, left alone for a while when it keeps dying. */
export class PluginHost {
  private running: Running | undefined;
  private starting: Promise<Running> | undefined;
  private stopping: Promise<void> | undefined;
  private isClosed = false;
  private callsUnderWay = 0;
  private idle: NodeJS.Timeout | undefined;
  private checking = false;
  private failure: PluginError | undefined;
  private readonly breaker = new Breaker();
  private readonly redactor = new Redactor();
  private readonly tail = new StderrTail(this.redactor);
  private readonly starts = new Set<HostProcess>();

  constructor(private readonly options: PluginHostOptions) {
    this.redactor.setConfiguration(Object.values(options.configuration));
  }

  /** The running host; starts one if there is none. Rejects with PluginError. */
  ready(): Promise<Running> | Running {
    if (this.isClosed) throw new PluginError('unavailable', `The provider ${this.options.name} is being stopped or replaced.`);
    if (this.running) return this.running;
    const open = this.breaker.open;
    if (open) {
      throw new PluginError('unavailable', `The provider ${this.options.name} failed ${open.failures} times in a row and is tried again in ${Math.ceil(open.waitMs / 1_000)} s. The last time: ${open.reason}`, {
        retryAt: new Date(Date.now() + open.waitMs),
        ...(this.failure?.cure === undefined ? {} : { cure: this.failure.cure }),
      });
    }
    this.starting ??= this.start().finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  /**
   * Makes one call. A read is made once more when the host died under it; a write never is.
   * @param value the secret value among the params, to be kept out of messages
   * Rejects with PluginError.
   */
  async call<T>(method: ProviderCall, params: Record<string, string>, read: (answer: unknown) => T): Promise<T> {
    this.callsUnderWay++;
    if (this.idle) {
      clearTimeout(this.idle);
      this.idle = undefined;
    }
    const over = params.value === undefined ? undefined : this.redactor.begin(params.value);
    try {
      for (let mayRepeat = reads.has(method); ; mayRepeat = false) {
        const host = this.running && !this.isClosed ? this.running : await this.ready();
        try {
          const answer = read(await host.rpc.call(method, params, this.options.settings.callTimeoutMs));
          this.breaker.succeeded();
          return answer;
        } catch (error) {
          if (error instanceof ConnectionLost && (mayRepeat || !error.sent)) {
            // Only then is there room for the next one.
            await host.process.ended;
            continue;
          }
          throw await this.explain(error, method, host);
        }
      }
    } catch (error) {
      const failure = error instanceof PluginError ? error : new PluginError('unavailable', `The plugin host failed: ${error instanceof Error ? error.message : 'unknown'}`);
      if (failure.kind !== 'not-found') this.failure = failure;
      throw failure;
    } finally {
      over?.();
      this.callsUnderWay--;
      if (this.callsUnderWay === 0) this.whenIdle();
    }
  }

  /** Takes another configuration: a running host at once, or not at all if its factory refuses it. Rejects with PluginError. */
  async reconfigure(configuration: Record<string, string>): Promise<Capabilities> {
    const before = this.options.configuration;
    this.redactor.setConfiguration([...Object.values(before), ...Object.values(configuration)]);
    const host = this.running;
    try {
      if (host) {
        host.capabilities = answers.create(await host.rpc.call('create', { configuration }, this.options.settings.callTimeoutMs).catch(async (error: unknown) => Promise.reject(await this.explain(error, 'create', host))));
        this.options.configuration = configuration;
        return host.capabilities;
      }
      this.breaker.reset();
      this.options.configuration = configuration;
      return (await this.ready()).capabilities;
    } catch (error) {
      this.options.configuration = before;
      throw error;
    } finally {
      this.redactor.setConfiguration(Object.values(this.options.configuration));
    }
  }

  /** Lets calls under way finish, for `patience` milliseconds at most, then ends the host. No call succeeds after it. */
  stop(patience = 0): Promise<void> {
    this.stopping ??= (async () => {
      const until = performance.now() + patience;
      while (this.callsUnderWay > 0 && performance.now() < until) await sleep(20);
      this.isClosed = true;
      clearTimeout(this.idle);
      await Promise.all([this.starting?.catch(() => undefined), ...[...this.starts].map((each) => each.stop(this.callsUnderWay > 0 ? 0 : STOP_MS))]);
    })();
    return this.stopping;
  }

  get state(): 'stopped' | 'starting' | 'running' | 'paused' {
    if (this.running) return 'running';
    if (this.starting) return 'starting';
    return this.breaker.open ? 'paused' : 'stopped';
  }

  get pid(): number | undefined {
    return this.running?.process.pid;
  }

  get lastFailure(): PluginError | undefined {
    return this.failure;
  }

  get retryAt(): Date | undefined {
    const open = this.breaker.open;
    return open && new Date(Date.now() + open.waitMs);
  }

  /** What the plugin printed lately, without values. */
  log(): string {
    return this.tail.text();
  }

  printed(): Printed[] {
    return this.tail.printed();
  }

  /** A value that the plugin gave: kept out of what it prints from here on. */
  seen(value: string): void {
    this.redactor.seen(value);
  }

  private async start(): Promise<Running> {
    const { settings, module, configuration, onEvent } = this.options;
    let process: HostProcess | undefined;
    let step: HostStep = 'start';
    try {
      if (this.breaker.wait > 0) await sleep(this.breaker.wait);
      const java = typeof this.options.java === 'function' ? await this.options.java() : this.options.java;
      const began = performance.now();
      process = await HostProcess.start({ ...this.options, java, moduleJar: module.jar });
      const started = process;
      this.starts.add(started);
      this.tail.drain(started.child.stderr);
      const rpc = new RpcConnection(started.child.stdin, started.child.stdout, (reason, isClosed) => void this.endBroken(started, reason, isClosed));
      void this.whenGone(started, rpc);
      if (this.isClosed) started.kill('was ended', true);
      const hello = answers.hello(await rpc.call('hello', { protocol: 1 }, settings.startTimeoutMs));
      step = 'load';
      await rpc.call('load', { jar: started.folder.moduleJar, sha256: module.sha256, factory: module.factory }, settings.startTimeoutMs);
      const startMs = performance.now() - began;
      step = 'create';
      const capabilities = answers.create(await rpc.call('create', { configuration }, settings.callTimeoutMs));
      this.running = { process: started, rpc, java: hello.java, capabilities, startMs, createMs: performance.now() - began - startMs };
      onEvent?.({ type: 'started', pid: started.pid, ms: performance.now() - began });
      this.whenIdle();
      return this.running;
    } catch (error) {
      const failure = await this.explain(error, step, process && { process, java: undefined });
      // What was not understood in time must not go on; one that is gone already keeps its own reason.
      process?.kill('did not start and was ended', true);
      this.failed(failure);
      throw failure;
    }
  }

  private async endBroken(process: HostProcess, reason: string, isClosed: boolean): Promise<void> {
    // Its streams close a moment before the system says how it ended; only a process that closed them and lives is at fault.
    if (isClosed) await Promise.race([process.ended, sleep(CLOSING_MS)]);
    process.kill(`${reason}, and was ended`);
  }

  private failed(failure: PluginError): void {
    this.failure = failure;
    this.breaker.failed(failure.message);
    this.options.onEvent?.({ type: 'failed', reason: failure.message });
  }

  private async whenGone(process: HostProcess, rpc: RpcConnection): Promise<void> {
    const end = await process.ended;
    this.starts.delete(process);
    if (this.running?.process === process) {
      this.running = undefined;
      clearTimeout(this.idle);
      if (!end.wasWanted) this.breaker.failed(`The plugin's process ${end.reason}.`);
    }
    if (!end.wasWanted) this.tail.note(`The process ${end.reason}.`);
    this.options.onEvent?.({ type: 'ended', ...end });
    rpc.close();
  }

  private explain(error: unknown, step: HostStep, host: Pick<Running, 'process'> & { java: string | undefined } | undefined): Promise<PluginError> {
    if (error instanceof CallTimedOut && host && step !== 'start' && step !== 'load') void this.lookForStuck(host.process);
    const { name, settings } = this.options;
    return explainFailure(error, { name, step, settings, redactor: this.redactor, ...(host && { host: { java: host.java, ended: host.process.ended } }) });
  }

  /** A thread that a plugin does not give back is lost until its process ends: at once if nobody else uses it, and when there are too many. */
  private async lookForStuck(process: HostProcess): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    try {
      for (;;) {
        await sleep(GRACE_MS, undefined, { ref: false });
        const host = this.running;
        if (host?.process !== process) return;
        const { stuck } = await host.rpc.call('ping', {}, PING_MS).then(answers.ping);
        if (stuck === 0) return;
        if (stuck >= this.options.settings.stuckCalls || this.callsUnderWay === 0) {
          process.kill(`kept ${stuck} thread${stuck === 1 ? '' : 's'} in calls that had been given up, and was ended`);
          return;
        }
      }
    } catch {
      process.kill('answered nothing any more and was ended');
    } finally {
      this.checking = false;
    }
  }

  private whenIdle(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      const host = this.running;
      if (!host || this.callsUnderWay > 0) return;
      this.running = undefined;
      void host.process.stop(STOP_MS);
    }, this.options.settings.idleMs).unref();
  }
}
