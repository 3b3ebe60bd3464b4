import type { BaselineRecord, Claims } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import { expect, test } from '@jest/globals';
import { compareTokens } from './plan-change.ts';

/** Compares the tokens of a client before and after an override of these claims. */
function compareOverride(fields: Partial<BaselineRecord>, values: Claims) {
  const baseline = aBaseline(fields);
  const claims = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value }]),
  );
  const sides = { before: { baseline }, after: { baseline, override: anOverride({ claims }) } };
  const requester = { clientId: 'client', scopes: ['orders/read', 'orders/write'], baseline };
  return compareTokens(sides, requester, 0, { contract, sizeBudgetBytes: 4096 });
}

test('a claim that a scope sets leaves the token with all scopes, and tells which one it changes', () => {
  const claimsByScope = { 'orders/write': { tier: 'premium' } };

  const { request, diff, before, after, hidden } = compareOverride(
    { claimsByScope },
    { tier: 'free' },
  );

  expect(request.scopes).toEqual(['orders/read', 'orders/write']);
  expect(diff.claims).toEqual([]);
  expect(after).toEqual(before);
  expect(hidden).toEqual([
    {
      name: 'tier',
      change: 'changed',
      before: 'premium',
      after: 'free',
      when: 'no scope',
      hiddenBy: { layer: 'scope', source: 'orders/write' },
    },
  ]);
});

test('each of two claims shows its own effect', () => {
  const claimsByScope = { 'orders/write': { approval_limit: 5000 } };

  const { diff, hidden } = compareOverride({ claimsByScope }, { tier: 'free', approval_limit: 1 });

  expect(diff.claims).toMatchObject([{ name: 'tier', after: 'free' }]);
  expect(hidden).toMatchObject([{ name: 'approval_limit', after: 1, when: 'no scope' }]);
});

test.each([
  ['hides it from the largest token', false, [{ hiddenBy: { layer: 'metadata', source: 'tier' } }]],
  ['that every token takes hides it from all', true, []],
])('metadata %s', (_case, required, expected) => {
  const selector = { key: 'tier', allow: ['premium'], required };

  const { diff, hidden } = compareOverride(
    { claimsFromMetadata: { tier: selector } },
    { tier: 'free' },
  );

  expect(diff.claims).toEqual([]);
  expect(hidden).toMatchObject(expected);
});

test('a largest token that is denied names no winner', () => {
  const claimsByScope = { 'orders/write': { tier: 'gold' } };

  const { after, hidden } = compareOverride({ claimsByScope }, { tier: 'free' });

  expect(after.outcome).toBe('deny');
  expect(hidden).toEqual([
    { name: 'tier', change: 'changed', before: 'premium', after: 'free', when: 'no scope' },
  ]);
});
