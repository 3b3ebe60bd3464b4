import { expect, test } from '@jest/globals';
import { unknownName } from './errors.ts';

test.each([
  [
    'core',
    ['core-svc', 'payments'],
    'Did you mean "core-svc"? Expected one of: core-svc, payments.',
  ],
  ['paymnets', ['core-svc', 'payments'], 'Did you mean "payments"?'],
  ['Payments', ['core-svc', 'payments'], 'Did you mean "payments"?'],
  [
    'shipping',
    ['core-svc', 'payments'],
    'Unknown pool "shipping". Expected one of: core-svc, payments.',
  ],
  ['core', [], 'Unknown pool "core". There are none.'],
])('the message for the unknown pool %p of %j says %p', (got, known, expected) => {
  expect(unknownName('pool', got, known)).toContain(expected);
});

test('the message says where the name was looked for', () => {
  expect(unknownName('client', 'x', [], 'of pool "payments"')).toBe(
    'Unknown client "x" of pool "payments". There are none.',
  );
});

test('the message lists 20 names at most', () => {
  const known = Array.from({ length: 120 }, (_, index) => `client-${index}`);

  expect(unknownName('client', 'x', known)).toMatch(/client-19 and 100 more\.$/);
});
