import stringWidth from 'string-width';
import { type ColumnSize, type FittedColumn, fitColumns } from './fit-columns.ts';
import { plainText } from './plain-text.ts';
import type { Style } from './style.ts';
import { widestWord, wrapText } from './wrap-text.ts';

/** One column of a table. A name or a time is read whole or not at all: it neither wraps nor is ever cut. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
  /** True if its words may go on in further lines. @default false */
  readonly isWrapped?: boolean;
  /** Of the columns that a narrow table leaves out, the lowest goes first. @default it is always there */
  readonly dropOrder?: number;
}

const GAP = '  ';
/** A word that is wider may be broken: a value, an ARN. */
const WORD_WIDTH = 16;

/**
 * Lays rows out as a table that fits the width, and says which columns it had to leave out.
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
  const sizes = columns.map((column, index) =>
    sizeOf(
      column,
      [titles, ...cells].map((line) => line[index] ?? ''),
    ),
  );
  const shown = fitColumns(sizes, width, GAP.length);
  const [head = '', ...body] = [titles, ...cells].map((line) => renderRow(line, columns, shown));
  const hidden = titles.filter((_, index) => shown.every((column) => column.index !== index));
  const note = hidden.length === 0 ? [] : [colours.dim(`No room for ${hidden.join(', ')}.`)];
  return [colours.bold(head), ...body, ...note].join('\n');
}

function sizeOf<Row>(column: Column<Row>, texts: readonly string[]): ColumnSize {
  const natural = Math.max(...texts.map((text) => stringWidth(text)));
  const widest = Math.max(...texts.map(widestWord));
  const minimum = column.isWrapped ? Math.min(widest, WORD_WIDTH) : natural;
  return { natural, minimum, dropOrder: column.dropOrder };
}

/** A row takes as many lines as its longest cell. */
function renderRow<Row>(
  texts: readonly string[],
  columns: readonly Column<Row>[],
  shown: readonly FittedColumn[],
): string {
  const cells = shown.map(({ index, width }) => wrapText(texts[index] ?? '', width));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    shown
      .map(({ index, width }, position) =>
        pad(cells[position]?.[line] ?? '', width, columns[index]?.align),
      )
      .join(GAP)
      .trimEnd(),
  ).join('\n');
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const padding = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? padding + text : text + padding;
}
