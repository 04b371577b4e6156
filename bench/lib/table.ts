/** A row of the table: what was measured, its value, and the target it is held against, if any. */
export interface Row {
  readonly group: string;
  readonly what: string;
  readonly value: string;
  /** Such as `1.12 × raw undici.request`. */
  readonly ratio?: string;
  readonly target?: string;
}

/** The rows as a Markdown table, columns padded so that it reads well in a terminal too. */
export function markdownTable(rows: readonly Row[]): string {
  const cells = [
    ['', 'measured', 'value', 'ratio', 'target'],
    ...rows.map((row, index) => [
      row.group === rows[index - 1]?.group ? '' : row.group,
      row.what,
      row.value,
      row.ratio ?? '',
      row.target ?? '',
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const lines = cells.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return lines.join('\n');
}
