import { describe, expect, test } from '@jest/globals';
import { findEnvironmentName, findPoolName } from './import-pools.ts';

const tagged = (environment: string, pool: string) => ({
  UserPoolTags: { application: 'cognito-m2m-claims', environment, pool },
});

describe('the name of a pool', () => {
  test.each([
    [
      'as tagged by its deploy',
      { Name: 'm2m-dev-payments', ...tagged('dev', 'payments') },
      'payments',
    ],
    ['not as tagged by others', { Name: 'Old', UserPoolTags: { pool: 'x' } }, 'old'],
    ['as far as a file takes its own', { Name: '3 Payments (Old)!' }, 'payments-old'],
    ['cut', { Name: 'p'.repeat(41) }, 'p'.repeat(40)],
    ['plain where nothing is left', { Name: '42' }, 'pool'],
  ])('%s', (_case, pool, name) => {
    expect(findPoolName(pool)).toBe(name);
  });
});

describe('the name of an environment', () => {
  test.each([
    ['as given', 'legacy', [tagged('dev', 'a')], 'legacy'],
    ['as all pools are tagged', undefined, [tagged('dev', 'a'), tagged('dev', 'b')], 'dev'],
  ])('%s', (_case, given, pools, name) => {
    expect(findEnvironmentName(given, pools)).toBe(name);
  });

  test.each([
    ['a pool of others', [{}]],
    ['pools of two environments', [tagged('dev', 'a'), tagged('prod', 'a')]],
  ])('%s does not say it', (_case, pools) => {
    expect(() => findEnvironmentName(undefined, pools)).toThrow(
      expect.objectContaining({ code: 'ERR_ENVIRONMENT_REQUIRED' }),
    );
  });
});
