import { describe, expect, test } from '@jest/globals';
import { readSettings } from './settings.ts';

const LEAST = { CLAIMS_TABLE_NAME: 'claims', AWS_REGION: 'eu-central-1' };

describe('settings', () => {
  test('settings have defaults for everything that Lambda and the deploy need not say', () => {
    expect(readSettings(LEAST)).toEqual({
      isValid: true,
      settings: {
        tableName: 'claims',
        region: 'eu-central-1',
        cacheSeconds: 30,
        maxStaleSeconds: 900,
        sizeBudgetBytes: 4096,
        tokenIssuers: [],
        userTriggers: new Map(),
      },
    });
  });

  test('settings take every variable', () => {
    const variables = {
      ...LEAST,
      CLAIMS_CACHE_SECONDS: '0',
      CLAIMS_MAX_STALE_SECONDS: '60',
      CLAIMS_SIZE_BUDGET_BYTES: '2048',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:8000',
      CLAIMS_TOKEN_ISSUERS: '[{"issuer":"https://a"},{"issuer":"https://b","jwksUri":"https://c"}]',
      CLAIMS_USER_TRIGGERS: '{"eu_A":{"functionArn":"arn:a","eventVersion":"V2_0"}}',
    };

    expect(readSettings(variables)).toMatchObject({
      settings: {
        cacheSeconds: 0,
        maxStaleSeconds: 60,
        sizeBudgetBytes: 2048,
        endpointUrl: 'http://127.0.0.1:8000',
        tokenIssuers: [{ issuer: 'https://a' }, { issuer: 'https://b', jwksUri: 'https://c' }],
        userTriggers: new Map([['eu_A', { functionArn: 'arn:a', eventVersion: 'V2_0' }]]),
      },
    });
  });

  test('settings prefer the endpoint of DynamoDB over that of all services', () => {
    const variables = {
      ...LEAST,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:2',
    };

    expect(readSettings(variables)).toMatchObject({
      settings: { endpointUrl: 'http://127.0.0.1:2' },
    });
  });

  test('settings are answered with all faults at once', () => {
    const variables = {
      CLAIMS_CACHE_SECONDS: 'soon',
      CLAIMS_MAX_STALE_SECONDS: '-1',
      CLAIMS_SIZE_BUDGET_BYTES: '1.5',
      AWS_ENDPOINT_URL: 'localhost',
    };

    const result = readSettings(variables);

    expect(result.isValid ? [] : result.faults.map(({ path }) => path)).toEqual([
      'AWS_ENDPOINT_URL',
      'CLAIMS_TABLE_NAME',
      'AWS_REGION',
      'CLAIMS_CACHE_SECONDS',
      'CLAIMS_MAX_STALE_SECONDS',
      'CLAIMS_SIZE_BUDGET_BYTES',
    ]);
  });

  test.each([
    ['CLAIMS_TOKEN_ISSUERS', '[]', true],
    ['CLAIMS_TOKEN_ISSUERS', '', true],
    ['CLAIMS_TOKEN_ISSUERS', '{}', false],
    ['CLAIMS_TOKEN_ISSUERS', '[', false],
    ['CLAIMS_TOKEN_ISSUERS', '[null]', false],
    ['CLAIMS_TOKEN_ISSUERS', '[{"issuer":1}]', false],
    ['CLAIMS_TOKEN_ISSUERS', '[{"issuer":"https://a","jwksUri":1}]', false],
    ['CLAIMS_CACHE_SECONDS', '0', true],
    ['CLAIMS_CACHE_SECONDS', '43201', false],
    ['CLAIMS_MAX_STALE_SECONDS', '43200', true],
    ['CLAIMS_MAX_STALE_SECONDS', '43201', false],
    ['CLAIMS_SIZE_BUDGET_BYTES', '2', true],
    ['CLAIMS_SIZE_BUDGET_BYTES', '1', false],
    ['CLAIMS_SIZE_BUDGET_BYTES', '65536', true],
    ['CLAIMS_SIZE_BUDGET_BYTES', '65537', false],
  ])('settings may say %s=%s: %s', (name, value, isValid) => {
    expect(readSettings({ ...LEAST, [name]: value }).isValid).toBe(isValid);
  });

  test.each([
    ['60', '60', true],
    ['61', '60', false],
    ['0', '0', true],
    ['43200', '43200', true],
    [undefined, '29', false],
    [undefined, '30', true],
    ['900', undefined, true],
    ['901', undefined, false],
  ])(
    'settings may keep a record for %s seconds, if it may be %s seconds old: %s',
    (cache, stale, isValid) => {
      const variables = { CLAIMS_CACHE_SECONDS: cache, CLAIMS_MAX_STALE_SECONDS: stale };

      const result = readSettings({ ...LEAST, ...variables });

      expect(result).toMatchObject(
        isValid ? { isValid } : { isValid, faults: [{ path: 'CLAIMS_CACHE_SECONDS' }] },
      );
    },
  );
});

test.each([
  '[',
  '{"eu_A":{"functionArn":1,"eventVersion":"V2_0"}}',
  '{"eu_A":{"functionArn":"a","eventVersion":"2"}}',
])('readSettings refuses the user triggers %s', (CLAIMS_USER_TRIGGERS) => {
  const variables = {
    CLAIMS_TABLE_NAME: 'claims',
    AWS_REGION: 'eu-central-1',
    CLAIMS_USER_TRIGGERS,
  };

  expect(readSettings(variables)).toMatchObject({
    isValid: false,
    faults: [{ path: 'CLAIMS_USER_TRIGGERS' }],
  });
});
