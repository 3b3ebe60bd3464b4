import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { decodeItem, encodeRecord } from '@cognito-m2m/claim-schema/records';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import { toBaselineRecord, toSettingsRecord } from './baseline-record.ts';
import { validateEnvironment } from './validate-environment.ts';

const ids = { userPoolId: 'eu-central-1_Pool', clientId: '1example23456789' };

test('a baseline record keeps pool defaults apart from the claims of the client', () => {
  const client = aClient({ claims: { 'custom:role': 'admin' } });
  const pools = { payments: aPool({ clients: { worker: client } }) };
  const [pool] = validateEnvironment(contract, anEnvironment({ pools })).pools;
  const [worker] = pool?.clients ?? [];
  if (!pool || !worker) throw new Error('the fixture declares a pool with a client');

  const record = toBaselineRecord(pool, worker, ids);

  expect(record.defaults).toEqual({ environment: 'test' });
  expect(record.claims).toEqual({ 'custom:role': 'admin' });
});

test('a baseline record tells the trigger every scope that the pool declares', () => {
  const resourceServers = {
    orders: { name: 'Orders', scopes: { read: 'Read', write: 'Write' } },
    'https://api.example.com': { name: 'Other', scopes: { all: 'All' } },
  };
  const pools = { payments: aPool({ resourceServers }) };
  const [pool] = validateEnvironment(contract, anEnvironment({ pools })).pools;
  if (!pool) throw new Error('the fixture declares a pool');

  expect(toSettingsRecord(pool, 'pool').declaredScopes).toEqual([
    'orders/read',
    'orders/write',
    'https://api.example.com/all',
  ]);
});

test('baseline records survive the way through the table', () => {
  const [pool] = validateEnvironment(contract, anEnvironment()).pools;
  const [worker] = pool?.clients ?? [];
  if (!pool || !worker) throw new Error('the fixture declares a pool with a client');
  const records = [toBaselineRecord(pool, worker, ids), toSettingsRecord(pool, ids.userPoolId)];

  const decoded = records.map((record) => decodeItem(encodeRecord(record)));

  expect(decoded).toEqual(records.map((record) => ({ isValid: true, record })));
});
