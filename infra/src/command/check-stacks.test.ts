import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type EnvironmentInput, validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { readCdktfRequest } from './cdktf-request.ts';
import { checkStacks } from './check-stacks.ts';

const pools: EnvironmentInput['pools'] = {
  payments: aPool(),
  logistics: aPool({ domainPrefix: 'acme-test-logistics' }),
};

const KNOWN = 'stacks of test: test-claims, test-pool-payments, test-pool-logistics';

describe('the stacks of a request', () => {
  test.each([
    ['deploy', 'test-*'],
    ['deploy', 'test-claims', 'test-pool-payments'],
    ['deploy', 'test-pool-pay*'],
    ['deploy', 'test-pool-{payments,logistics}'],
    ['destroy', 'test-pool-*'],
    ['diff', 'test-claims'],
    ['diff', 'test-pool-logistics'],
  ])('are taken: %s %s', (...words) => {
    expect(() => check(words)).not.toThrow();
  });

  test.each([
    [['deploy', 'test'], 'got test;'],
    [['deploy', 'test-claims', 'test-pool-nope'], 'got test-pool-nope;'],
    [['destroy', 'test-pool-x*'], 'got test-pool-x*;'],
  ])('are refused where %j is none of them', (words, got) => {
    expect(() => check(words)).toThrow(
      expect.objectContaining({
        code: 'ERR_INFRA_STACK_UNKNOWN',
        message: `No such stack: ${got} ${KNOWN}, or 'test-*' for all.`,
      }),
    );
  });

  test.each([
    [['diff', 'test-*'], 'test-*'],
    [['diff', 'test-claims', 'test-pool-payments'], 'test-claims test-pool-payments'],
    [['diff', 'test-pool-nope'], 'test-pool-nope'],
  ])('are refused where %j is not one of them for a diff', (words, got) => {
    expect(() => check(words)).toThrow(
      expect.objectContaining({
        code: 'ERR_INFRA_STACK_UNKNOWN',
        message: `diff takes one stack at a time: got ${got}; ${KNOWN}.`,
      }),
    );
  });
});

function check(words: readonly string[]): void {
  const request = readCdktfRequest(words, ['test']);
  checkStacks(request, validateEnvironment(contract, anEnvironment({ pools })));
}
