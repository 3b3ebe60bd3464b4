import { describe, expect, test } from '@jest/globals';
import { isRegion } from '../environment-schema.ts';
import { poolParameterNames, secretName, tokenEndpoint } from './names.ts';
import { partitionOf } from './partition.ts';

test('the parameters of a pool lie under one path', () => {
  const names = Object.values(poolParameterNames('dev', 'payments'));

  expect(names).toHaveLength(5);
  expect(names.filter((name) => !name.startsWith('/m2m/dev/payments/'))).toEqual([]);
});

// AWS may not find such a secret by its partial ARN.
test.each(['billing-worker', 'a-123456', 'x-AbCdEf', 'stock-sync.a', 'plain'])(
  'the secret of client %s has no name that ends in a hyphen and six characters',
  (client) => {
    expect(secretName('dev', 'payments', client)).not.toMatch(/-[\w/+=.@]{6}$/);
  },
);

describe('the token endpoint of a pool', () => {
  test.each([
    ['eu-central-1', 'https://acme.auth.eu-central-1.amazoncognito.com/oauth2/token'],
    ['us-gov-west-1', 'https://acme.auth-fips.us-gov-west-1.amazoncognito.com/oauth2/token'],
    ['us-gov-east-1', 'https://acme.auth-fips.us-gov-east-1.amazoncognito.com/oauth2/token'],
    ['cn-north-1', 'https://acme.auth.cn-north-1.amazoncognito.com.cn/oauth2/token'],
    ['eusc-de-east-1', 'https://acme.auth.eusc-de-east-1.amazoncognito.eu/oauth2/token'],
  ])('the token endpoint of a pool in %s is %s', (region, endpoint) => {
    expect(tokenEndpoint('acme', region)).toBe(endpoint);
  });
});

describe('a Region', () => {
  test.each([
    ['eu-central-1', 'aws'],
    ['ap-southeast-7', 'aws'],
    ['mx-central-1', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-northwest-1', 'aws-cn'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
  ])('%s belongs to the partition %s', (region, partition) => {
    expect(isRegion(region)).toBe(true);
    expect(partitionOf(region).name).toBe(partition);
  });

  test.each([
    '',
    'nowhere',
    'nowhere-1',
    'xx-west-1',
    'aws-global',
    'eu-central',
    'EU-CENTRAL-1',
    'eu-central-1 ',
    'eu-central-1a',
    'constructor',
    // The form of a Region, and no place: typos.
    'eu-centrl-1',
    'eu-central-3',
    'us-eats-1',
    'cn-nroth-1',
    'us-gov-wset-1',
    'eusc-de-esat-1',
  ])('a Region is not %p', (region) => {
    expect(isRegion(region)).toBe(false);
  });
});
