import { expect, test } from '@jest/globals';
import { isRetired } from './environment-name.ts';

test.each([
  ['dev', true],
  ['', false],
  [undefined, false],
])('isRetired for dev, with M2M_RETIRE %p, returns %p', (value, isExpected) => {
  expect(isRetired('dev', { M2M_RETIRE: value })).toBe(isExpected);
});

test.each(['prod', 'dev-eu', 'dev '])(
  'isRetired refuses a run for dev with M2M_RETIRE "%s"',
  (value) => {
    expect(() => isRetired('dev', { M2M_RETIRE: value })).toThrow(
      expect.objectContaining({
        code: 'ERR_INFRA_RETIRE_MISMATCH',
        message: expect.stringContaining(`names "${value}", but this run is for "dev"`),
      }),
    );
  },
);
