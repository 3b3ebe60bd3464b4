import { expect, test } from '@jest/globals';
import { type Column, renderTable } from './table.ts';
import { createStyle } from './terminal.ts';

interface Row {
  readonly name: string;
  readonly scopes: string;
  readonly bytes: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'SCOPES', isWrapped: true, text: ({ scopes }) => scopes },
  { title: 'BYTES', align: 'right', dropOrder: 1, text: ({ bytes }) => String(bytes) },
];

function render(changes: Partial<Row>[], width?: number): string[] {
  const rows = changes.map((row) => ({ name: 'a', scopes: 'b', bytes: 1, ...row }));
  return renderTable(rows, COLUMNS, createStyle({ width, hasColours: false })).split('\n');
}

test('a table aligns columns, numbers to the right', () => {
  const rows = [{ name: 'billing-worker', bytes: 9 }, { bytes: 1234 }];

  expect(render(rows, 80)).toEqual([
    'NAME            SCOPES  BYTES',
    'billing-worker  b           9',
    'a               b        1234',
  ]);
});

const row = { name: 'billing-worker', scopes: 'orders/read orders/write', bytes: 9 };

test('a table that fits is shown as it is', () => {
  expect(render([row], 47)[1]).toBe('billing-worker  orders/read orders/write      9');
});

test('a table wraps what may wrap, and no name', () => {
  expect(render([row], 46)).toEqual([
    'NAME            SCOPES                   BYTES',
    'billing-worker  orders/read                  9',
    '                orders/write',
  ]);
});

test('a table leaves columns out before a name is cut, and says so', () => {
  expect(render([row], 30)).toEqual([
    'NAME            SCOPES',
    'billing-worker  orders/read',
    '                orders/write',
    'Hidden columns: BYTES.',
  ]);
});

test('a name is whole, however narrow the terminal is', () => {
  expect(render([row], 10)[1]).toContain('billing-worker');
});

test('a table in a pipe has one line for each row, however long', () => {
  const scopes = Array.from({ length: 99 }, (_, index) => `orders/scope-${index}`).join(' ');

  const lines = render([{ scopes }]);

  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(scopes);
});

test('a table counts a wide character as two columns', () => {
  expect(render([{ name: '請求' }], 80)).toEqual(['NAME  SCOPES  BYTES', '請求  b           1']);
});

test('a table makes control characters of a cell harmless', () => {
  const [, line] = render([{ name: 'a\u001b[2Jb\nc' }], 80);

  expect(line).toMatch(/^a \[2Jb c {2}b/);
});
