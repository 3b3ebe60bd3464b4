import { expect, test } from '@jest/globals';
import { createStyle } from './style.ts';
import { fitWidths, renderTable } from './table.ts';

const COLUMNS = [
  { title: 'NAME', text: ({ name }: { name: string }) => name },
  { title: 'BYTES', align: 'right' as const, text: ({ bytes }: { bytes: number }) => `${bytes}` },
];

function render(rows: { name: string; bytes: number }[], width: number): string[] {
  return renderTable(rows, COLUMNS, createStyle({ width, hasColours: false })).split('\n');
}

test('aligns columns, numbers to the right', () => {
  const rows = [
    { name: 'billing-worker', bytes: 9 },
    { name: 'a', bytes: 1234 },
  ];

  expect(render(rows, 80)).toEqual([
    'NAME            BYTES',
    'billing-worker      9',
    'a                1234',
  ]);
});

test.each([21, 20, 15])('fits %i columns and cuts with an ellipsis', (width) => {
  const lines = render([{ name: 'billing-worker', bytes: 9 }], width);

  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  expect(lines[1]?.includes('…')).toBe(width < 21);
});

test('counts a wide character as two columns', () => {
  expect(render([{ name: '請求', bytes: 1 }], 80)).toEqual(['NAME  BYTES', '請求      1']);
});

test('makes control characters of a cell harmless', () => {
  const [, line] = render([{ name: 'a\u001b[2Jb\nc', bytes: 1 }], 80);

  expect(line).toBe('a [2Jb c      1');
});

test.each([
  ['enough room', [10, 10], 20, [10, 10]],
  ['one too few', [10, 12], 21, [10, 11]],
  ['hardly any room', [10, 12], 1, [6, 6]],
])('with %s the widest column gives way first', (_case, natural, available, expected) => {
  expect(fitWidths(natural, available)).toEqual(expected);
});
