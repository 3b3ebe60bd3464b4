import { expect, test } from '@jest/globals';
import { formatFault, joinPath } from './fault.ts';

test.each([
  [{ path: 'a.b', problem: 'wrong' }, 'a.b: wrong'],
  [{ path: 'a', problem: 'wrong', got: 'null' }, 'a: wrong (got null)'],
  [{ path: 'a', problem: 'wrong', expected: 'text' }, 'a: wrong (expected text)'],
  [
    { path: 'a', problem: 'wrong', got: 'null', expected: 'text' },
    'a: wrong (got null; expected text)',
  ],
])('a fault reads as one line: %#', (fault, line) => {
  expect(formatFault(fault)).toBe(line);
});

test.each([
  ['', 'pools', 'pools'],
  ['pools', 'payments', 'pools.payments'],
  ['claims', 'custom:role', 'claims.custom:role'],
  ['claimsByScope', 'orders/read', 'claimsByScope.orders/read'],
  ['claims', 'a.b', 'claims["a.b"]'],
  ['claims', 'a"]', 'claims["a\\"]"]'],
  ['claims', '', 'claims[""]'],
  ['scopes', 3, 'scopes[3]'],
])('the path %j and %j make %s', (path, segment, expected) => {
  expect(joinPath(path, segment)).toBe(expected);
});
