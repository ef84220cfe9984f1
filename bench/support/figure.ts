/** One figure of the product, beside what it is held against in the same run. */
export interface Figure {
  name: string;
  /** `at least` and `at most` say in which direction better is. */
  target: { kind: 'at least' | 'at most'; value: number; unit: string };
  measured: number;
  /** What was measured to get there, in words. */
  details: string;
}

/** Where benches put what they make; gone when the run ends. */
export interface Run {
  folder: string;
  say(line: string): void;
}

export type Bench = (run: Run) => Promise<Figure[]>;

export function isMet({ target, measured }: Figure): boolean {
  return target.kind === 'at least' ? measured >= target.value : measured <= target.value;
}

const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(2));

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${number(figure.measured)} ${figure.target.unit}`,
    `${figure.target.kind} ${figure.target.value}`,
    isMet(figure) ? 'met' : 'NOT MET',
    figure.details,
  ]);
  const head = ['figure', 'measured', 'target', '', 'from'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}
