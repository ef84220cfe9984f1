const keptMs = 60_000;
const mostBytes = 16 * 1024 * 1024;

interface Opened {
  tag: string;
  line: Buffer;
  until: number;
}

/** The answer to `run`. */
export function startLine(env: Record<string, string>, warning?: string): Buffer {
  return Buffer.from(`${JSON.stringify({ ok: true, env, ...(warning === undefined ? {} : { warning }) })}\n`);
}

/**
 * Opened bundles of algorithms that are being started again and again, as the line that `run` gets; opening twenty values
 * takes milliseconds. In this process's memory only, for a minute after the last start, then overwritten.
 */
export class OpenedBundles {
  readonly #opened = new Map<string, Opened>();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  get(algorithmId: string, tag: string): Buffer | undefined {
    const opened = this.#opened.get(algorithmId);
    if (!opened || opened.tag !== tag || opened.until < performance.now()) return undefined;
    opened.until = performance.now() + keptMs;
    // A copy: this one may be overwritten before a slow reader has it.
    return Buffer.from(opened.line);
  }

  put(algorithmId: string, tag: string, env: Record<string, string>): Buffer {
    const line = startLine(env);
    this.drop(algorithmId);
    if (line.length > mostBytes / 4) return line;
    this.#opened.set(algorithmId, { tag, line: Buffer.from(line), until: performance.now() + keptMs });
    this.#bytes += line.length;
    for (const oldest of this.#opened.keys()) {
      if (this.#bytes <= mostBytes) break;
      this.drop(oldest);
    }
    this.#timer ??= setInterval(() => this.#sweep(), keptMs / 4).unref();
    return line;
  }

  drop(algorithmId: string): void {
    const opened = this.#opened.get(algorithmId);
    if (!opened) return;
    opened.line.fill(0);
    this.#bytes -= opened.line.length;
    this.#opened.delete(algorithmId);
  }

  clear(): void {
    for (const id of this.#opened.keys()) this.drop(id);
  }

  #sweep(): void {
    const now = performance.now();
    for (const [id, { until }] of this.#opened) if (until < now) this.drop(id);
    if (this.#opened.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
