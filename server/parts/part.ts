import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from './backoff';

/** Something that runs until it ends or is stopped. */
export interface Running {
  ended: Promise<string>;
  stop(): Promise<void>;
}

export interface PartOptions {
  /** as a person knows it: "the web server" */
  title: string;
  /** Starts it; resolves when it serves; rejects, and leaves nothing running, when it does not or the signal cuts it short. */
  start(signal: AbortSignal): Promise<Running>;
  /** Gets a line for people when it ended, does not start, is back. */
  onEvent(line: string): void;
  /** whether the product is no use without it: then `begin` fails when it does not come up */
  isEssential: boolean;
}

/** How often a part may fail before the first success: then the whole start has failed. */
const attemptsAtFirst = 3;

/**
 * Keeps one part running: started again after it ended by itself, at once at first and with growing pauses while it
 * keeps ending, for as long as the supervisor runs.
 */
export class Part {
  private running: Running | undefined;
  private starting: Promise<unknown> | undefined;
  private readonly backoff = new Backoff();
  private readonly interruption = new AbortController();

  constructor(private readonly options: PartOptions) {}

  /**
   * Resolves when the part serves for the first time. When it does not come up: rejects, or for one that is not
   * essential, resolves and goes on trying.
   */
  async begin(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const began = performance.now();
      try {
        await this.startOnce();
        return;
      } catch (error) {
        const isHopeless = attempt >= attemptsAtFirst || isFinal(error);
        if (this.isStopping || (isHopeless && this.options.isEssential)) throw error;
        await this.pause(performance.now() - began);
        if (isHopeless) {
          this.options.onEvent(`${this.options.title} does not start: ${firstLine(error)}; trying on`);
          void this.untilBack();
          return;
        }
      }
    }
  }

  /** Cuts a start short, and starts it no more; what runs goes on. Resolves when no start is under way. */
  async interrupt(): Promise<void> {
    this.interruption.abort();
    await this.starting?.catch(() => undefined);
  }

  async stop(): Promise<void> {
    await this.interrupt();
    await this.running?.stop();
  }

  private get isStopping(): boolean {
    return this.interruption.signal.aborted;
  }

  private async startOnce(): Promise<void> {
    const start = this.options.start(this.interruption.signal);
    this.starting = start;
    const running = await start;
    this.running = running;
    const began = performance.now();
    void running.ended.then((how) => this.again(how, performance.now() - began));
  }

  private async again(how: string, ranFor: number): Promise<void> {
    this.running = undefined;
    if (this.isStopping) return;
    this.options.onEvent(`${this.options.title} ended unexpectedly (${how}); starting it again`);
    await this.pause(ranFor);
    await this.untilBack();
  }

  private async untilBack(): Promise<void> {
    while (!this.isStopping) {
      const began = performance.now();
      try {
        await this.startOnce();
        if (!this.isStopping) this.options.onEvent(`${this.options.title} is back`);
        return;
      } catch (error) {
        if (!this.isStopping && this.backoff.count % 10 === 3) this.options.onEvent(`${this.options.title} does not start: ${firstLine(error)}; trying on`);
        await this.pause(performance.now() - began);
      }
    }
  }

  private pause(ranFor: number): Promise<void> {
    return sleep(this.backoff.next(ranFor), undefined, { signal: this.interruption.signal }).catch(() => undefined);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/** A mistake in the set-up is not tried again. */
function isFinal(error: unknown): boolean {
  return error instanceof Error && error.name === 'UserError';
}
