import type { Resolution } from '@cognito-m2m/claim-schema';
import { expect, test } from '@jest/globals';
import type { IssuedToken } from '../tokens/issue-token.ts';
import { explainToken, measureBudget } from './inspect-client.ts';

const resolution: Resolution = {
  outcome: 'issue',
  claims: { tier: 'premium', permissions: ['a'] },
  suppress: [],
  scopes: { add: [], suppress: [] },
  provenance: { tier: { layer: 'override', revision: 3 }, permissions: { layer: 'baseline' } },
  dropped: [],
  sizeBytes: 0,
};

function aToken(claims: Record<string, unknown>): IssuedToken {
  return {
    accessToken: 'a.b.c',
    expiresInSeconds: 300,
    payload: { sub: 'client', ...claims },
    scopes: [],
    customClaims: Object.keys(claims),
    ignoredClaims: [],
  };
}

test('the explanation names the layer of each claim that the trigger added', () => {
  const claims = explainToken(aToken({ tier: 'premium', permissions: ['a'] }), resolution);

  expect(claims.map(({ name, layer }) => `${name} ${layer}`)).toEqual([
    'sub cognito',
    'tier override',
    'permissions baseline',
  ]);
});

test('the explanation credits no layer with a value that the table does not hold (any more)', () => {
  const [, tier] = explainToken(aToken({ tier: 'free' }), resolution);

  expect(tier).toEqual({ name: 'tier', value: 'free', layer: 'trigger' });
});

test('the explanation measures the added claims as compact JSON, in all and by layer', () => {
  const claims = explainToken(aToken({ tier: 'premium', permissions: ['a'] }), resolution);

  expect(measureBudget(claims, 4096)).toEqual({
    limitBytes: 4096,
    usedBytes: '{"tier":"premium","permissions":["a"]}'.length,
    parts: [
      { layer: 'baseline', sizeBytes: '{"permissions":["a"]}'.length },
      { layer: 'override', sizeBytes: '{"tier":"premium"}'.length },
    ],
  });
});
