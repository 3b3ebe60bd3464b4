import { expect, test } from '@jest/globals';
import { createStyle } from '../frame/terminal.ts';
import { diffExpiries, renderExpiryDiffs } from './client-records.ts';

const EARLY = '1970-01-01T00:01:40Z';
const LATE = '1970-01-01T00:03:20Z';

/** The override of one claim that expires then. */
function expiringAt(expiresAt?: number) {
  return { claims: { tier: { value: 'free', ...(expiresAt !== undefined && { expiresAt }) } } };
}

test.each([
  ['lost', 100, undefined, { before: EARLY, after: null }, `~ tier: expires ${EARLY} → never`],
  ['added', undefined, 100, { before: null, after: EARLY }, `~ tier: expires never → ${EARLY}`],
  ['moved', 100, 200, { before: EARLY, after: LATE }, `~ tier: expires ${EARLY} → ${LATE}`],
])('an expiry that is %s is a difference', (_case, before, after, times, line) => {
  const diffs = diffExpiries(expiringAt(before), expiringAt(after));

  expect(diffs).toEqual([{ name: 'tier', ...times }]);
  expect(renderExpiryDiffs(diffs, createStyle({ hasColours: false }))).toEqual([line]);
});

test.each([
  ['that stays', expiringAt(100), expiringAt(100)],
  ['of a claim that comes', { claims: {} }, expiringAt(100)],
  ['of a claim that goes', expiringAt(100), { claims: {} }],
  ['before the first revision', undefined, expiringAt(100)],
])('an expiry %s is none', (_case, before, after) => {
  expect(diffExpiries(before, after)).toEqual([]);
});
