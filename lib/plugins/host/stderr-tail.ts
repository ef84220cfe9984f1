import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import type { Redactor } from './redaction';

/** What is kept for the administrator, in characters. */
const KEPT = 64 * 1024;
/** What may wait to be redacted, in bytes; a plugin that prints more in between loses the rest. */
const WAITING = 64 * 1024;
/** An unfinished line is waited for until it is so long. */
const LONGEST_LINE = 8 * 1024;
const FLUSH_MS = 100;

/** What a plugin printed within a tenth of a second. */
export interface Printed {
  /** milliseconds since 1970 */
  at: number;
  /** redacted, whole lines */
  text: string;
}

/** The last `most` characters of what was printed; the first of them may begin within a line. */
export function lastOf(printed: readonly Printed[], most: number): Printed[] {
  const kept: Printed[] = [];
  let left = most;
  for (const { at, text } of printed.toReversed()) {
    if (left <= 0) break;
    const from = text.length <= left ? 0 : text.indexOf('\n', text.length - left) + 1;
    // It is redacted already, so a long line may be cut.
    const piece = text.slice(from > 0 && from < text.length ? from : Math.max(0, text.length - left));
    kept.push({ at, text: piece });
    left -= text.length;
  }
  return kept.reverse();
}

/**
 * The last of what a plugin printed. Always drains its stream, whatever comes; redaction happens ten times a second at most, so that a
 * plugin that prints without end costs little.
 */
export class StderrTail {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private dropped = 0;
  private decoder = new StringDecoder('utf8');
  private line = '';
  private kept: Printed[] = [];
  private keptLength = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly redactor: Redactor) {}

  drain(stream: Readable): void {
    stream.on('data', (chunk: Buffer) => this.take(chunk));
    stream.on('error', () => {});
    stream.on('end', () => this.flush(true));
  }

  /** A line of ours among the plugin's. */
  note(line: string): void {
    this.flush(true);
    this.keep(`[secret-store] ${line}\n`);
  }

  /** What was printed lately, redacted. */
  text(): string {
    return this.printed().map(({ text }) => text).join('');
  }

  /** The same with its times. */
  printed(): Printed[] {
    this.flush(false);
    const unfinished = this.redactor.redact(this.line);
    return unfinished === '' ? [...this.kept] : [...this.kept, { at: Date.now(), text: unfinished }];
  }

  private take(chunk: Buffer): void {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    // The newest is what an administrator wants to see: what it printed before it died.
    while (this.waitingBytes > WAITING && this.waiting.length > 1) {
      const oldest = this.waiting.shift()?.length ?? 0;
      this.waitingBytes -= oldest;
      this.dropped += oldest;
    }
    this.timer ??= setTimeout(() => this.flush(false), FLUSH_MS).unref();
  }

  private flush(isEnd: boolean): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.dropped > 0) {
      // The pieces around the gap are not one text, and half a value would not be recognised.
      this.decoder = new StringDecoder('utf8');
      this.line = '';
    }
    let text = this.line + this.waiting.map((chunk) => this.decoder.write(chunk)).join('');
    this.waiting = [];
    this.waitingBytes = 0;
    if (this.dropped > 0) {
      const whole = text.indexOf('\n') + 1 || text.length;
      this.keep(`[secret-store] … ${this.dropped + whole} bytes of output left out\n`);
      text = text.slice(whole);
      this.dropped = 0;
    }
    const end = isEnd || text.length > LONGEST_LINE + text.lastIndexOf('\n') ? text.length : text.lastIndexOf('\n') + 1;
    this.line = text.slice(end);
    text = text.slice(0, end);
    if (isEnd && text !== '' && !text.endsWith('\n')) text += '\n';
    this.redactor.forgetOld();
    this.keep(this.redactor.redact(text));
  }

  private keep(text: string): void {
    if (text === '') return;
    this.kept.push({ at: Date.now(), text });
    this.keptLength += text.length;
    // Cut in steps, so that a plugin that prints line by line costs no copy of it all for each.
    if (this.keptLength <= KEPT + KEPT / 8) return;
    this.kept = lastOf(this.kept, KEPT);
    this.keptLength = this.kept.reduce((sum, piece) => sum + piece.text.length, 0);
  }
}
