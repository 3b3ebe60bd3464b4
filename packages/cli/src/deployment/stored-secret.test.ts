import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { secretEntryOf } from './aws-target.ts';
import { replaceClientSecret } from './stored-secret.ts';

test.each([
  ['nothing else', '{"client_id":"a","client_secret":"OLD"}'],
  [
    'numbers that JavaScript cannot hold',
    '{"ledger_account":12345678901234567890,"client_secret":"OLD","rate":1.10,"client_id":"a"}',
  ],
  ['lines and spaces', '{\n\t"client_id" : "a",\r\n  "client_secret":   "OLD"\n}\n'],
  ['escapes', '{"note":"caf\\u00e9 \\/ \\"x\\"","client_secret":"OLD","client_id":"a"}'],
  [
    'members of the same name inside others',
    '{"old":{"client_secret":"kept"},"client_id":"a","client_secret":"OLD","z":[1e3,{"client_secret":1}]}',
  ],
])('only the secret of an entry is replaced: %s', (_, text) => {
  expect(replaceClientSecret(text, 'NEW')).toBe(text.replace('OLD', 'NEW'));
});

test.each([
  ['clientSecret', '{"clientSecret":"OLD","url":"x"}', '{"clientSecret":"NEW","url":"x"}'],
  ['only the secret', 'a'.repeat(51), 'NEW'],
])('the secret of an entry that its owner wrote is replaced: %s', (_, text, expected) => {
  expect(replaceClientSecret(text, 'NEW')).toBe(expected);
});

describe('where the secret of a client is', () => {
  const client = { description: 'Bills', claims: { environment: 'test' } };
  const environment = validateEnvironment(
    contract,
    anEnvironment({
      pools: {
        storefront: {
          existing: { userPoolId: 'eu-central-1_AbC123XyZ' },
          clients: {
            known: { ...client, clientId: 'known1', secretId: 'shop/known' },
            unknown: { ...client, clientId: 'unknown1' },
            ours: { ...client, scopes: ['orders/read'] },
          },
        },
      },
    }),
  );

  test.each([
    ['known', { secretId: 'shop/known', clientId: 'known1' }],
    ['ours', { secretId: 'm2m/test/storefront/ours/credentials', clientId: undefined }],
    ['gone', { secretId: 'm2m/test/storefront/gone/credentials', clientId: undefined }],
  ])('the secret of %s is found', (name, entry) => {
    expect(secretEntryOf(environment, 'storefront', name)).toEqual(entry);
  });

  test('the secret of a client without secretId is an error that says what is missing', () => {
    expect(() => secretEntryOf(environment, 'storefront', 'unknown')).toThrow(
      expect.objectContaining({
        code: 'ERR_SECRET_NOT_FOUND',
        message: expect.stringContaining('unknown1'),
        next: expect.stringMatching(/^secretId: .* pools\.storefront\.clients\.unknown/),
      }),
    );
  });
});

test('an entry that has the member twice is refused, without its value', () => {
  const text = '{"client_id":"a","client_secret":"first-value","client_secret":"second-value"}';

  expect(() => replaceClientSecret(text, 'NEW')).toThrow(
    expect.objectContaining({
      code: 'ERR_SECRET_NOT_FOUND',
      message: expect.not.stringMatching(/first-value|second-value/),
    }),
  );
});
