import { expect, test } from '@jest/globals';
import { type ColumnSize, fitColumns } from './table.ts';

function fixed(natural: number): ColumnSize {
  return { natural, minimum: natural, dropOrder: undefined };
}
function wrapped(natural: number, minimum: number): ColumnSize {
  return { natural, minimum, dropOrder: undefined };
}
function droppable(natural: number, dropOrder: number): ColumnSize {
  return { natural, minimum: natural, dropOrder };
}

test.each<[string, ColumnSize[], number, (number | undefined)[]]>([
  ['enough room', [fixed(10), fixed(10)], 21, [10, 10]],
  ['one too few, the widest that wraps gives way', [fixed(12), wrapped(10, 4)], 22, [12, 9]],
  ['two that wrap end up as wide', [wrapped(12, 4), wrapped(10, 4)], 17, [8, 8]],
  ['each keeps its minimum', [wrapped(12, 11), wrapped(10, 4)], 17, [11, 5]],
  [
    'wrapping is not enough: the first goes',
    [fixed(9), droppable(8, 2), droppable(7, 1)],
    20,
    [9, 8],
  ],
  ['what is left gets the room', [wrapped(20, 9), droppable(9, 1)], 15, [15]],
  ['nothing may go: it is too wide', [fixed(9), fixed(9)], 10, [9, 9]],
])('%s', (_case, sizes, width, expected) => {
  expect(fitColumns(sizes, width, 1).map((column) => column.width)).toEqual(expected);
});

test('fitColumns keeps the positions of those that are shown', () => {
  const sizes = [fixed(9), droppable(9, 1), fixed(9)];

  expect(fitColumns(sizes, 19, 1).map(({ index }) => index)).toEqual([0, 2]);
});
