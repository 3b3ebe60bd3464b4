import { expect, test } from '@jest/globals';
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

test('an entry that has the member twice is refused, without its value', () => {
  const text = '{"client_id":"a","client_secret":"first-value","client_secret":"second-value"}';

  expect(() => replaceClientSecret(text, 'NEW')).toThrow(
    expect.objectContaining({
      code: 'ERR_SECRET_NOT_FOUND',
      message: expect.not.stringMatching(/first-value|second-value/),
    }),
  );
});
