import stringWidth from 'string-width';
import { plainText } from './plain-text.ts';
import type { Style } from './style.ts';

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
}

const GAP = '  ';
const ELLIPSIS = '…';
/** Narrower than this a column says nothing. */
const MIN_WIDTH = 6;

/**
 * Lays rows out as a table that fits the width: the widest columns give way first, cut with an ellipsis.
 *
 * Cells are made safe to print; colours are the table's own.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, colours }: Style,
): string {
  const titles = columns.map(({ title }) => title);
  const cells = rows.map((row) => columns.map(({ text }) => plainText(text(row))));
  const natural = titles.map((title, index) =>
    Math.max(stringWidth(title), ...cells.map((line) => stringWidth(line[index] ?? ''))),
  );
  const widths = fitWidths(natural, width - GAP.length * (columns.length - 1));
  const renderLine = (line: readonly string[]) =>
    line
      .map((cell, index) => fitCell(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'))
      .join(GAP)
      .trimEnd();
  return [colours.bold(renderLine(titles)), ...cells.map(renderLine)].join('\n');
}

/** Takes columns from the widest until the sum fits, or no column can give any more. */
export function fitWidths(natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= MIN_WIDTH) break;
    widths[widest] = width - 1;
    excess -= 1;
  }
  return widths;
}

function fitCell(cell: string, width: number, align: 'left' | 'right'): string {
  const text = stringWidth(cell) <= width ? cell : cutText(cell, width);
  const padding = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? padding + text : text + padding;
}

function cutText(text: string, width: number): string {
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(cut + segment) > width - 1) break;
    cut += segment;
  }
  return cut + ELLIPSIS;
}
