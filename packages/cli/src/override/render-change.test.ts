import type { OverrideClaim, OverrideRecord } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import { expect, test } from '@jest/globals';
import { createStyle } from '../frame/terminal.ts';
import { renderChange } from './change-result.ts';
import { planChange } from './plan-change.ts';

const STYLE = createStyle({ hasColours: false });

/** What is shown of setting claims for a client whose scope `orders/write` brings approval_limit 5000. */
function renderSet(
  claims: { readonly [name: string]: OverrideClaim },
  revisions: readonly OverrideRecord[] = [],
): string {
  const baseline = aBaseline({ claimsByScope: { 'orders/write': { approval_limit: 5000 } } });
  const plan = planChange({
    userPoolId: 'pool',
    clientId: 'client',
    clientArguments: 'payments billing-worker',
    scopes: ['orders/read', 'orders/write'],
    records: { baseline, revisions },
    change: { type: 'set', members: [], expiresAt: undefined, claims },
    inputFaults: [],
    author: { updatedBy: 'alice', reason: 'a test' },
    nowMs: 0,
    rules: { contract, sizeBudgetBytes: 4096 },
  });
  return renderChange(plan, 4096, STYLE);
}

test('a change in the token with all scopes shows as it is', () => {
  const text = renderSet({ tier: { value: 'free' } });

  expect(text).toContain('Changes\n  ~ tier "premium" → "free"\n');
});

test('a change in smaller tokens only names their request, and what wins in the others', () => {
  const text = renderSet({ approval_limit: { value: 100 } });

  expect(text.match(/approval_limit 5000/g)).toHaveLength(2);
  expect(text).toContain(
    [
      'Changes',
      '  The token with all scopes does not change. Other tokens change:',
      '  + approval_limit 100 (no scope): with all scopes, scope orders/write sets approval_limit',
    ].join('\n'),
  );
});

test('a change of smaller tokens is listed apart from that of the token with all scopes', () => {
  const text = renderSet({ tier: { value: 'free' }, approval_limit: { value: 100 } });

  expect(text).toContain(
    [
      'Changes',
      '  ~ tier "premium" → "free"',
      '  + approval_limit 100 (no scope): with all scopes, scope orders/write sets approval_limit',
    ].join('\n'),
  );
});

test('an expiry that is lost is a change, though the token of now stays', () => {
  const revisions = [anOverride({ claims: { tier: { value: 'free', expiresAt: 100 } } })];

  const text = renderSet({ tier: { value: 'free' } }, revisions);

  expect(text).toContain('Changes\n  ~ tier: expires 1970-01-01T00:01:40Z → never\n');
  expect(text).not.toContain('No token changes');
});

test('a claim that holds the value already changes no token', () => {
  expect(renderSet({ tier: { value: 'premium' } })).toContain('No token changes');
});
