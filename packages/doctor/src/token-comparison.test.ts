import type { Resolution } from '@cognito-m2m/claim-schema';
import { expect, test } from '@jest/globals';
import { compareToken } from './token-comparison.ts';

const EXPECTED: Resolution = {
  outcome: 'issue',
  claims: { tier: 'free', permissions: ['a'] },
  suppress: [],
  scopes: { add: ['orders/write'], suppress: ['orders/delete'] },
  provenance: {},
  dropped: [],
  sizeBytes: 10,
};
const ASKED = ['orders/read', 'orders/delete'];
const PAYLOAD = { sub: 'client', scope: 'orders/read', tier: 'free', permissions: ['a'] };

function actual(payload: object, scopes = ['orders/write', 'orders/read']) {
  return { outcome: 'issued' as const, payload: { ...PAYLOAD, ...payload }, scopes };
}

test('a token is the same whatever Amazon Cognito adds and however scopes are ordered', () => {
  expect(compareToken(EXPECTED, actual({ jti: 'x', version: 2 }), ASKED)).toMatchObject({
    isSame: true,
  });
});

test.each([
  ['a changed claim', actual({ tier: 'gold' }), { claims: [{ name: 'tier', change: 'changed' }] }],
  ['a claim too many', actual({ more: 1 }), { claims: [{ name: 'more', change: 'added' }] }],
  ['a claim of another type', actual({ tier: ['free'] }), { claims: [{ name: 'tier' }] }],
  ['a missing scope', actual({}, ['orders/read']), { missingScopes: ['orders/write'] }],
  [
    'a scope too many',
    actual({}, ['orders/read', 'orders/write', 'orders/delete']),
    { extraScopes: ['orders/delete'] },
  ],
  [
    'a denial',
    { outcome: 'ERR_CLIENT_DISABLED' },
    { outcome: { expected: 'issued', actual: 'ERR_CLIENT_DISABLED' } },
  ],
])('%s is a difference', (_case, token, difference) => {
  expect(compareToken(EXPECTED, token, ASKED)).toMatchObject({ isSame: false, ...difference });
});

test.each([
  ['ERR_CLIENT_DISABLED', true],
  ['ERR_CLIENT_UNKNOWN', false],
  ['issued', false],
])('a denial against %s is the same: %s', (outcome, isSame) => {
  const denial: Resolution = { outcome: 'deny', code: 'ERR_CLIENT_DISABLED' };

  expect(compareToken(denial, { outcome }, [])).toMatchObject({ isSame });
});
