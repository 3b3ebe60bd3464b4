import type { Claims } from '@cognito-m2m/claim-schema';
import { A_CLIENT_ID, aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import { expect, test } from '@jest/globals';
import type { ViewChanges } from '../../test/a-deployment-view.ts';
import {
  checkDeployment,
  ofBaseline,
  ofOverride,
  overrideClaims,
  withRecords,
} from '../../test/check-deployment.ts';

const ACCESS_KEY_ID = 'AKIAABCDEFGHIJKLMNOP';
const off = { 'custom:role': 'emperor' };
const secret = { permissions: [ACCESS_KEY_ID] };
const LAYERS: readonly [layer: string, place: string, make: (claims: Claims) => ViewChanges][] = [
  [
    'the defaults',
    'defaults',
    (defaults) => ofBaseline({ defaults: { environment: 'x', ...defaults } }),
  ],
  ['the claims', 'claims', (claims) => ofBaseline({ claims })],
  [
    'a scope that the client does not ask for',
    'claimsByScope.orders/write',
    (claims) => ofBaseline({ claimsByScope: { 'orders/write': claims } }),
  ],
  ['an override', 'override', (claims) => ofOverride(claims)],
  ['an override of a disabled client', 'override', (claims) => ofOverride(claims, true)],
  [
    'a baseline that an override hides',
    'claims',
    (claims) => {
      const hiding = { 'custom:role': 'admin', permissions: ['a'] };
      return withRecords({
        baseline: aBaseline({ claims }),
        override: anOverride({ claims: overrideClaims(hiding) }),
      });
    },
  ],
];

test.each(LAYERS)(
  'a claim that violates the contract in %s is found there, and not quoted',
  (_layer, place, make) => {
    const findings = checkDeployment(make(off));

    expect(findings).toMatchObject([{ check: 'records-contract' }]);
    expect(findings[0]?.what).toContain(`${place}.custom:role`);
    expect(JSON.stringify(findings)).not.toContain('emperor');
  },
);

test.each(LAYERS)('a secret in %s is found there, and not quoted', (_layer, place, make) => {
  const findings = checkDeployment(make(secret));

  expect(findings).toMatchObject([{ check: 'records-secrets' }]);
  expect(findings[0]?.what).toContain(`${place}.permissions (an AWS access key id)`);
  expect(JSON.stringify(findings)).not.toContain(ACCESS_KEY_ID);
});

test.each([
  ['not in the contract', 'custom:role', 'emperor', 'records-contract'],
  ['that looks like a secret', 'tenant_id', ACCESS_KEY_ID, 'records-secrets'],
])('a metadata value %s is found by its position', (_case, name, value, expected) => {
  const allow = ['admin', value];
  const changes = ofBaseline({
    claimsFromMetadata: { [name]: { key: 'k', allow, required: false } },
  });

  const findings = checkDeployment(changes).filter(({ check }) => check === expected);

  expect(findings).toHaveLength(1);
  expect(findings[0]?.what).toContain(`claimsFromMetadata.allow[1].${name}`);
  expect(JSON.stringify(findings)).not.toContain(value);
});

test('an audience that is the client itself is as it should be', () => {
  const claims = { ...aBaseline().claims, aud: A_CLIENT_ID };

  expect(checkDeployment(ofBaseline({ claims }))).toEqual([]);
});
