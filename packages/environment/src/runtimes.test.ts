import { expect, test } from '@jest/globals';
import { runtimeNotice } from './runtimes.ts';

test.each([
  ['nodejs22.x', '2026-10-31', undefined],
  [
    'nodejs22.x',
    '2026-11-01',
    'AWS Lambda ends its support of nodejs22.x on 2027-04-30. Days left: 180.',
  ],
  [
    'nodejs22.x',
    '2027-04-29',
    'AWS Lambda ends its support of nodejs22.x on 2027-04-30. Days left: 1.',
  ],
  ['nodejs22.x', '2027-04-30', 'AWS Lambda ended its support of nodejs22.x on 2027-04-30.'],
  ['nodejs24.x', '2026-11-28', undefined],
  ['nodejs99.x', '2026-11-28', undefined],
])('runtimeNotice of %s on %s is %p', (runtime, date, notice) => {
  expect(runtimeNotice(runtime, Date.parse(date))).toBe(notice);
});
