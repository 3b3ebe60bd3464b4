import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import { synthesized } from '../test/synthesized.ts';
import { terraformImports } from './adoption.ts';

const POOL_ID = 'eu-central-1_AbC123';
const environment = validateEnvironment(contract, anEnvironment());
const [pool] = environment.pools;
if (pool === undefined) throw new Error('the environment has a pool');
const DOMAIN = pool.domainPrefix ?? '';
const clientIds = new Map([['billing-worker', 'the-client']]);

test('terraformImports names a pool, its domain, servers and clients as its stack does', () => {
  const domains = [DOMAIN, 'of-another-pool'];
  const existing = { userPoolId: POOL_ID, domains, clientIds };

  const imports = terraformImports(environment, pool, existing);

  expect(imports.map(({ id }) => id)).toEqual([
    POOL_ID,
    DOMAIN,
    `${POOL_ID}|orders`,
    `${POOL_ID}/the-client`,
  ]);
  const { resource } = synthesized(anEnvironment())('test-pool-payments').config;
  for (const { address } of imports) {
    const [type = '', logicalId = ''] = address.replace(/\[.*$/, '').split('.');
    expect(resource[type]).toHaveProperty(logicalId);
  }
  expect(imports.at(-1)?.address).toBe('aws_cognito_user_pool_client.client["billing-worker"]');
});

test('terraformImports leaves the domain to the deploy where the pool has none', () => {
  const imports = terraformImports(environment, pool, {
    userPoolId: POOL_ID,
    domains: [],
    clientIds,
  });

  expect(imports.map(({ address }) => address.split('.')[0])).toEqual([
    'aws_cognito_user_pool',
    'aws_cognito_resource_server',
    'aws_cognito_user_pool_client',
  ]);
});

test('a pool stack ignores changes that Terraform could only make by a replacement', () => {
  const stack = synthesized(anEnvironment())('test-pool-payments');

  expect(stack.resource('aws_cognito_user_pool')['lifecycle']).toMatchObject({
    ignore_changes: [
      'alias_attributes',
      'name',
      'schema',
      'username_attributes',
      'username_configuration',
    ],
  });
  expect(stack.resource('aws_cognito_user_pool_client')['lifecycle']).toEqual({
    ignore_changes: ['generate_secret'],
  });
});
