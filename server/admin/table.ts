/** Lines of columns, as wide as their longest cell; `empty` when there is none. */
export function table(rows: string[][], empty: string): string {
  if (rows.length === 0) return empty;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}
