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
export interface FittedColumn {
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
