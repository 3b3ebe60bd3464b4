import { DENIAL_MESSAGES } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment, aPool, STAFF_ISSUER } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { alarmDefinitions } from '../constructs/trigger-monitoring.ts';

const definitions = alarmDefinitions(validateEnvironment(contract, anEnvironment()));
const tokenIssuers = { staff: STAFF_ISSUER };
const withIssuers = alarmDefinitions(
  validateEnvironment(contract, anEnvironment({ pools: { payments: aPool({ tokenIssuers }) } })),
);

describe('alarmDefinitions', () => {
  test('alarmDefinitions watches the function, the table and what is served in its absence', () => {
    expect(
      definitions.map(({ name }) => name).filter((name) => !name.startsWith('denied-')),
    ).toEqual(['errors', 'throttles', 'slow', 'store-errors', 'stale-served', 'reserved-dropped']);
  });

  test.each(Object.keys(DENIAL_MESSAGES).filter((code) => !code.startsWith('ERR_TOKEN_')))(
    'alarmDefinitions watches tokens refused with %s',
    (reason) => {
      const dimensions = { service: 'm2m-test-pre-token-generation', reason };

      expect(definitions.map(({ metric }) => metric)).toContainEqual({
        namespace: 'CognitoM2mClaims',
        name: 'TokensDenied',
        dimensions,
      });
    },
  );

  test('alarmDefinitions watches why users’ tokens are refused only where a pool takes them', () => {
    const reasons = Object.keys(DENIAL_MESSAGES).filter((code) => code.startsWith('ERR_TOKEN_'));
    const without = definitions.filter(({ name }) => name.startsWith('denied-token-'));
    const watched = withIssuers.filter(({ name }) => name.startsWith('denied-token-'));

    expect(without).toEqual([]);
    expect(watched).toHaveLength(reasons.length);
    expect(watched).toContainEqual(
      expect.objectContaining({ name: 'denied-token-keys-unavailable', threshold: 1 }),
    );
    expect(watched).toContainEqual(
      expect.objectContaining({ name: 'denied-token-expired', threshold: 25 }),
    );
  });

  test('alarmDefinitions does not count a refused token as an error of the function', () => {
    expect(definitions.find(({ name }) => name === 'errors')?.without).toMatchObject([
      { name: 'TokensDenied' },
    ]);
  });

  test('alarmDefinitions gives every alarm a name of its own', () => {
    expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
  });
});

test('alarmDefinitions watches the function for users of an existing pool', () => {
  const userTrigger = {
    functionArn: 'arn:aws:lambda:eu-central-1:111111111111:function:user-claims',
    eventVersion: 'V2_0' as const,
  };
  const existing = { userPoolId: 'eu-central-1_AbC123XyZ' };
  const environment = validateEnvironment(
    contract,
    anEnvironment({ pools: { store: { existing, userTrigger, clients: {} } } }),
  );

  const watched = alarmDefinitions(environment);

  expect(watched.map(({ name }) => name)).toContain('user-trigger-errors');
  // Its errors are counted once.
  expect(watched.find(({ name }) => name === 'errors')?.without).toMatchObject([
    { name: 'TokensDenied' },
    { name: 'UserTriggerErrors' },
  ]);
  expect(definitions.map(({ name }) => name)).not.toContain('user-trigger-errors');
});
