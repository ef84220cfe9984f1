import type { Standing } from './enrolment';
import { errorCode } from './files';
import { say, supervised } from './supervisor-link';

/** How the worker stands, and whether its folder takes what it writes: said to whoever started it when it changes, and to whoever asks. */
export class Bearing {
  #standing: Standing;
  #disk: string | null = null;
  #saidReady = false;

  constructor(standing: Standing) {
    this.#standing = standing;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** What is wrong with the folder; null while it is well. */
  get disk(): string | null {
    return this.#disk;
  }

  stand(standing: Standing): void {
    const changed = standing.state !== this.#standing.state || standing.message !== this.#standing.message;
    this.#standing = standing;
    if (changed) {
      say({ type: 'state', ...standing });
      if (!supervised) process.stderr.write(`agent: ${standing.state}: ${standing.message}\n`);
    }
    // Started: from here on health says what is missing, if something is.
    if (standing.state !== 'starting' && standing.state !== 'joining' && !this.#saidReady) {
      this.#saidReady = true;
      say({ type: 'ready' });
    }
  }

  diskFailed(error: unknown): void {
    const code = errorCode(error);
    if (!this.#disk) process.stderr.write(`agent: its folder cannot be written (${code}); it goes on from memory\n`);
    this.#disk = `The worker's folder cannot be written (${code}); the agent goes on from memory.`;
  }
}
