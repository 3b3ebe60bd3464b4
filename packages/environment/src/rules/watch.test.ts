import { formatFault } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import {
  anEnvironment,
  aPool,
  aTokenClient,
  STAFF_ISSUER,
} from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import type { EnvironmentInput } from '../environment.ts';
import { EnvironmentError } from '../errors.ts';
import type { Environment } from '../normalised-environment.ts';
import { validateEnvironment } from '../validate-environment.ts';
import { toCanaryVariable, toWatchedVariable } from '../watch-variables.ts';

const validate = (overrides: object): Environment =>
  validateEnvironment(contract, anEnvironment({ watch: {}, ...overrides }));

function faultsOf(overrides: object): string[] {
  try {
    validate(overrides);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return (error.faults ?? []).map(formatFault);
    throw error;
  }
}

const withCanary = (overrides: object = {}) => ({
  pools: { payments: aPool({ canary: 'billing-worker', ...overrides }) },
});
const manyPools = (count: number, overrides: object = {}) => ({
  pools: Object.fromEntries(
    Array.from({ length: count }, (_, index): [string, object] => [
      `pool-with-a-rather-long-name-${String(index).padStart(3, '0')}`,
      aPool({ domainPrefix: `acme-test-payments-${String(index).padStart(3, '0')}`, ...overrides }),
    ]),
  ),
});

describe('a canary', () => {
  test('a canary is a client of the pool, requested every 15 minutes unless the file says otherwise', () => {
    const { pools, watch } = validate(withCanary());

    expect(pools[0]?.canary).toBe('billing-worker');
    expect(watch?.canaryMinutes).toBe(15);
  });

  test.each<[string, object, RegExp]>([
    ['without watch', { ...withCanary(), watch: undefined }, /canary: nothing watches/],
    ['that is not a client', withCanary({ canary: 'other' }), /canary: not a client of the pool/],
    ['named like a member of every object', withCanary({ canary: 'constructor' }), /not a client/],
    [
      "that needs a user's token",
      withCanary({
        tokenIssuers: { staff: STAFF_ISSUER },
        clients: { 'billing-worker': aTokenClient() },
      }),
      /cannot get a token without a user's token/,
    ],
    [
      'whose secret its owner keeps',
      {
        pools: {
          payments: {
            existing: { userPoolId: 'eu-central-1_AbC123XyZ' },
            canary: 'theirs',
            clients: {
              theirs: { clientId: 'abc', description: 'Bills', claims: { environment: 'test' } },
            },
          },
        },
      },
      /its secret is not known/,
    ],
    ['every 4 minutes', { ...withCanary(), watch: { canaryMinutes: 4 } }, /watch.canaryMinutes/],
    ['every 61 minutes', { ...withCanary(), watch: { canaryMinutes: 61 } }, /watch.canaryMinutes/],
  ])('a canary %s is a fault', (_case, overrides, fault) => {
    expect(faultsOf(overrides)).toEqual([expect.stringMatching(fault)]);
  });
});

describe('the variables of the watcher and of the canary', () => {
  test.each([0, 1, 3])(
    'the variable holds every canary of %i pools, and nothing for a pool without one',
    (count) => {
      const watched = { ...manyPools(count, { canary: 'billing-worker' }).pools, other: aPool() };

      const variable = toCanaryVariable(validate({ pools: watched }));

      expect(JSON.parse(variable ?? '[]')).toHaveLength(count);
    },
  );

  test.each([
    ['more pools', {}],
    ['more canaries', { canary: 'billing-worker' }],
  ])('a file with %s than AWS Lambda takes is refused with numbers', (what, overrides) => {
    const tooMany = manyPools(45, overrides);

    expect(faultsOf(manyPools(20, overrides))).toEqual([]);
    expect(faultsOf(tooMany)).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^pools: ${what}.* 45 of them with \\d{4} bytes; expected at most 3200 bytes: about \\d\\d such`,
        ),
      ),
    );
  });

  test('pools have no such limit where nothing is watched', () => {
    expect(faultsOf({ ...manyPools(45), watch: undefined })).toEqual([]);
  });

  test('the variable stays below 4 KB with long names, and holds no claim', () => {
    const environment = validate(manyPools(24) as Partial<EnvironmentInput>);
    const variable = toWatchedVariable(environment);

    expect(Buffer.byteLength(variable)).toBeLessThan(3600);
    expect(variable).not.toContain('12345');
  });
});
