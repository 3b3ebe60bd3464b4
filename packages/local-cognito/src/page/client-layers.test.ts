import { type BaselineRecord, type ClaimLayers, resolveClaims } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { expect, test } from '@jest/globals';
import { listLayers } from './client-layers.ts';

const NOW = 1_800_000_000;

const baseline: BaselineRecord = {
  kind: 'baseline',
  userPoolId: 'eu-central-1_Local0001',
  clientId: 'client',
  poolName: 'payments',
  clientName: 'writer',
  owner: 'platform',
  defaults: { environment: 'test', tier: 'free' },
  claims: { tier: 'premium', 'custom:role': 'viewer' },
  claimsByScope: { 'orders/write': { approval_limit: 10 } },
  claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1'], required: false } },
  suppressClaims: ['custom:role'],
  addScopes: [],
  suppressScopes: [],
};

function statesFor(
  scopes: string[],
  metadata?: Record<string, string>,
  records: ClaimLayers = { baseline },
): Record<string, string | undefined> {
  const request = { clientId: 'client', scopes, metadata };
  const resolution = resolveClaims(records, request, NOW, { contract, sizeBudgetBytes: 4096 });
  const listings = listLayers(records, { request, resolution, now: NOW });
  return Object.fromEntries(
    listings.flatMap(({ layer, claims }) =>
      claims.map(({ name, state }) => [`${layer} ${name}`, state]),
    ),
  );
}

test('the inspector says of each claim what the resolver makes of it', () => {
  expect(statesFor(['orders/read'])).toEqual({
    'default environment': 'in-token',
    'default tier': 'overruled',
    'baseline tier': 'in-token',
    'baseline custom:role': 'suppressed',
    'scope approval_limit': 'not-granted',
    'metadata tenant_id': 'not-sent',
  });
});

test('the inspector follows the scopes and the metadata of the request', () => {
  expect(statesFor(['orders/write'], { tenant: 't-1' })).toMatchObject({
    'scope approval_limit': 'in-token',
    'metadata tenant_id': 'in-token',
  });
});

test.each([
  [NOW, 'expired', 'in-token'],
  [NOW + 1, 'in-token', 'overruled'],
])('an override that expires at %i is %s', (expiresAt, override, below) => {
  const states = statesFor([], undefined, {
    baseline,
    override: {
      kind: 'override',
      userPoolId: baseline.userPoolId,
      clientId: 'client',
      revision: 1,
      disabled: false,
      claims: { tier: { value: 'free', expiresAt } },
      updatedBy: 'dana',
      reason: 'test',
      updatedAt: '2026-01-01T00:00:00.000Z',
    },
  });

  expect(states).toMatchObject({ 'override tier': override, 'baseline tier': below });
});

test('the inspector leaves the state open when there is no token', () => {
  expect(statesFor([], { tenant: 't-9' })).toMatchObject({ 'baseline tier': undefined });
});
