import { expect, test } from '@jest/globals';
import { widestWord, wrapText } from './table.ts';

test.each([
  ['', 5, ['']],
  ['orders/read orders/write', 24, ['orders/read orders/write']],
  ['orders/read orders/write', 23, ['orders/read', 'orders/write']],
  ['abcdefgh ij', 5, ['abcde', 'fgh', 'ij']],
  ['請求書', 4, ['請求', '書']],
  ['請', 1, ['請']],
])('"%s" in %i columns is %j', (text, width, lines) => {
  expect(wrapText(text, width)).toEqual(lines);
});

test('widestWord finds the columns of the widest word', () => {
  expect(widestWord('orders/read orders/write')).toBe(12);
});
