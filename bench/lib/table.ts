/** What a figure is aimed at, and whether it is there. */
export interface Goal {
  readonly text: string;
  readonly met: boolean;
}

/** A row of the table: what was measured, its value, and the goal it is held against, if any. */
export interface Row {
  readonly group: string;
  readonly what: string;
  readonly value: string;
  /** Such as `1.12 × undici.request`. */
  readonly ratio?: string;
  readonly goal?: Goal;
}

export const atLeast = (value: number, bound: number, unit: string): Goal => ({
  text: `≥ ${bound} ${unit}`,
  met: value >= bound,
});

export const atMost = (value: number, bound: number, unit: string): Goal => ({
  text: `≤ ${bound} ${unit}`,
  met: value <= bound,
});

/** The rows as a Markdown table, columns padded so that it reads well in a terminal too. */
export function markdownTable(rows: readonly Row[]): string {
  const cells = [
    ['', 'measured', 'value', 'ratio', 'goal', 'met'],
    ...rows.map(({ group, what, value, ratio = '', goal }, index) => [
      group === rows[index - 1]?.group ? '' : group,
      what,
      value,
      ratio,
      goal?.text ?? '',
      goal ? (goal.met ? 'yes' : 'no') : '',
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(3, ...cells.map((line) => line[column]!.length)));
  const lines = cells.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}
