import path from 'node:path';
import type { CheckReport } from '@/lib/plugins/check/check';
import type { Result } from '@/lib/plugins/check/guarantee';
import type { Containment } from '@/lib/plugins/containment';
import type { Inspection } from '@/lib/plugins/inspect/inspect';
import type { Java } from '@/lib/plugins/java';

/** Where the times end, in a terminal that is as wide as this or wider, or in a file. */
const WIDEST = 100;
const NARROWEST = 80;

interface Style {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const colour = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const none = (text: string) => text;

export function styleFor(hasColours: boolean): Style {
  return hasColours ? { good: colour(32), bad: colour(31), dim: colour(2), bold: colour(1) } : { good: none, bad: none, dim: none, bold: none };
}

function duration(ms: number): string {
  return ms < 9_950 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function bytes(size: number): string {
  return size < 1_000_000 ? `${Math.max(1, Math.round(size / 1_000))} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

/** Words in lines of at most so many characters, each behind the indent. */
function wrapped(text: string, width: number, indent: string, first = indent): string {
  const lines: string[] = [];
  let line = '';
  // A message may have lines of its own, and the terminal is not to be steered by one.
  for (const word of text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, at) => `${at === 0 ? first : indent}${each}\n`).join('');
}

/** The report for people, piece by piece as the check goes on. */
export class HumanReport {
  private group = '';
  private readonly width: number;
  /** the line of what is being tried can be overwritten */
  private readonly isLive: boolean;

  /** @param columns of the terminal; undefined where it is none */
  constructor(
    private readonly style: Style,
    columns: number | undefined,
    private readonly write: (text: string) => void,
  ) {
    this.isLive = columns !== undefined;
    this.width = Math.max(NARROWEST, Math.min(WIDEST, columns ?? WIDEST));
  }

  begin(jar: string, java: Java, containment: Containment): void {
    const { bold, dim } = this.style;
    this.write(`\n${bold(path.basename(jar))}\n${dim(`Java ${java.version} · ${containment.title}`)}\n`);
  }

  module({ size, sha256, title, version }: Inspection): void {
    const named = [title, version].filter((part) => part !== '').join(' ');
    this.write(this.style.dim(`${bytes(size)} · ${named === '' ? 'no title in its manifest' : named} · SHA-256 ${sha256}\n`));
  }

  trying({ title }: { title: string }): void {
    if (this.isLive) this.write(this.style.dim(`  · ${title.slice(0, NARROWEST - 5)}\r`));
  }

  result({ group, title, status, ms, seen, cure }: Result): void {
    const { good, bad, dim, bold } = this.style;
    if (this.isLive) this.write('\u001b[K');
    if (group !== this.group) this.write(`\n${bold(group)}\n`);
    this.group = group;
    const gap = (time: string) => ' '.repeat(Math.max(1, this.width - 4 - title.length - time.length));
    switch (status) {
      case 'passed':
        this.write(`  ${good('✓')} ${title}${gap(duration(ms))}${dim(duration(ms))}\n`);
        if (seen !== undefined) this.write(dim(wrapped(seen, this.width, '    ')));
        break;
      case 'failed':
        this.write(`  ${bad('✗')} ${bold(title)}${gap(duration(ms))}${dim(duration(ms))}\n`);
        if (seen !== undefined) this.write(wrapped(seen, this.width, '    '));
        if (cure !== undefined) this.write(wrapped(cure, this.width, '      ', '    → '));
        break;
      case 'not-applicable':
        this.write(dim(`  – ${title}\n${wrapped(seen ?? '', this.width, '    ')}`));
        break;
    }
  }

  end({ results, left, interrupted, printed, conforms }: CheckReport, ms: number): void {
    const { good, bad, dim, bold } = this.style;
    if (this.isLive) this.write('\u001b[K');
    const count = (status: Result['status']) => results.filter((result) => result.status === status).length;
    const broken = count('failed');
    if (printed.trim() !== '' && broken > 0) {
      const lines = printed.trimEnd().split('\n').slice(-12);
      this.write(`\n${bold('What the plugin printed')}\n${dim(lines.map((line) => `    ${line.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 300)}\n`).join(''))}`);
    }
    this.write('\n');
    const notAsked = count('not-applicable') > 0 ? `, ${count('not-applicable')} not tried` : '';
    const counts = `${count('passed')} kept${broken > 0 ? `, ${broken} broken` : ''}${notAsked} · ${duration(ms)}`;
    if (interrupted) this.write(`${bad('Interrupted.')} ${dim(counts)}\n`);
    else this.write(`${conforms ? good('It conforms.') : bad('It does not conform.')} ${dim(counts)}\n`);
    for (const { status, title } of results) if (status === 'failed') this.write(`  ${bad('✗')} ${title}\n`);
    if (left.length === 0) this.write(dim('Nothing of this check was left in the backend.\n'));
    else {
      this.write(`${bad('Left in the backend; look for it and remove it there:')}\n`);
      for (const { providerKey, why } of left) this.write(wrapped(`${providerKey ?? '(key unknown)'}: ${why}`, this.width, '    '));
    }
    this.write('\n');
  }
}

/** The report for machines. */
export function jsonReport({ inspection, ...report }: CheckReport, jar: string, java: Java, containment: Containment, ms: number): string {
  const { conforms, interrupted, factory, results, left, printed } = report;
  const inspected = inspection && { file: path.basename(jar), size: inspection.size, sha256: inspection.sha256, title: inspection.title, version: inspection.version, notes: inspection.notes };
  const guarantees = results.map((result) => ({ ...result, ms: Math.round(result.ms) }));
  return `${JSON.stringify({ conforms, interrupted, ms: Math.round(ms), module: inspected, factory, java: java.version, containment: containment.tier, guarantees, left, printed }, null, 2)}\n`;
}
