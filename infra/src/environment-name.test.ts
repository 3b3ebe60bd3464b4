import { expect, test } from '@jest/globals';
import { isRetired } from './environment-name.ts';

test.each([
  ['dev', true],
  ['', false],
  [undefined, false],
])('dev is at its end where M2M_RETIRE is %p: %p', (value, isExpected) => {
  expect(isRetired('dev', { M2M_RETIRE: value })).toBe(isExpected);
});

test.each(['prod', 'dev-eu', 'dev '])('dev is refused where M2M_RETIRE is "%s"', (value) => {
  expect(() => isRetired('dev', { M2M_RETIRE: value })).toThrow(
    expect.objectContaining({
      code: 'ERR_INFRA_RETIRE_MISMATCH',
      message: expect.stringContaining(`got ${value}; expected dev`),
    }),
  );
});
