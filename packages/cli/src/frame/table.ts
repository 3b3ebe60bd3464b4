import stringWidth from 'string-width';
import type { Style } from './terminal.ts';
import { plainText } from './text.ts';

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
  const note = hidden.length === 0 ? [] : [colours.dim(`Hidden columns: ${hidden.join(', ')}.`)];
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

/** How wide a column is, and what it may give. */
export interface ColumnSize {
  /** Columns of the terminal that its widest cell takes. */
  readonly natural: number;
  /** The narrowest that it may be; less than `natural` only if its cells may wrap. */
  readonly minimum: number;
  /** Of those that the table can do without, the lowest goes first; `undefined` for one that never goes. */
  readonly dropOrder: number | undefined;
}

/** One column that is shown. */
interface FittedColumn {
  /** Its position among all columns. */
  readonly index: number;
  readonly width: number;
}

/**
 * Fits columns into a width: those that wrap are narrowed, the widest first; if that is not enough, those that may go
 * are left out in their order. What may neither wrap nor go stays as wide as it is, even if the line gets too long.
 */
export function fitColumns(
  sizes: readonly ColumnSize[],
  width: number,
  gap: number,
): FittedColumn[] {
  const shown = sizes.map((size, index) => ({ ...size, index }));
  const available = () => width - gap * (shown.length - 1);
  while (sum(shown.map(({ minimum }) => minimum)) > available()) {
    const first = Math.min(...shown.map(({ dropOrder = Number.POSITIVE_INFINITY }) => dropOrder));
    const position = shown.findIndex(({ dropOrder }) => dropOrder === first);
    if (position === -1) break;
    shown.splice(position, 1);
  }
  const widths = narrow(shown, available());
  return shown.map(({ index }, position) => ({ index, width: widths[position] ?? 0 }));
}

function narrow(sizes: readonly ColumnSize[], available: number): number[] {
  const widths = sizes.map(({ natural }) => natural);
  for (let excess = sum(widths) - available; excess > 0; excess -= 1) {
    const spare = widths.map((width, index) => (width > (sizes[index]?.minimum ?? 0) ? width : 0));
    const widest = Math.max(...spare);
    if (widest === 0) break;
    widths[spare.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Breaks a string into lines of at most so many columns: between words, and inside a word that is wider. */
export function wrapText(text: string, width: number): string[] {
  const [first = '', ...words] = text.split(' ').flatMap((part) => splitWord(part, width));
  const lines = [first];
  for (const word of words) {
    const joined = `${lines.at(-1)} ${word}`;
    if (stringWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

/** Columns of the widest word. */
export function widestWord(text: string): number {
  return Math.max(...text.split(' ').map((word) => stringWidth(word)));
}

function splitWord(word: string, width: number): string[] {
  if (stringWidth(word) <= width) return [word];
  const parts = [''];
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    const part = parts.at(-1) ?? '';
    if (part === '' || stringWidth(part + segment) <= width)
      parts[parts.length - 1] = part + segment;
    else parts.push(segment);
  }
  return parts;
}
