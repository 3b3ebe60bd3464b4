import { expect, test } from '@jest/globals';
import { isRetired } from './environment-name.ts';

test.each([
  ['dev', true],
  ['prod', false],
  ['', false],
  [undefined, false],
])('dev is at its end where M2M_RETIRE is %p: %p', (value, isExpected) => {
  expect(isRetired('dev', { M2M_RETIRE: value })).toBe(isExpected);
});
