import { expect, test } from '@jest/globals';
import { parsePoolArguments } from './import-pools.ts';

const ID = 'eu-central-1_AbC123';

test('the pool argument takes ids, with a name or without', () => {
  expect(parsePoolArguments([ID, 'payments=eu-central-1_DeF456'])).toEqual([
    { userPoolId: ID },
    { userPoolId: 'eu-central-1_DeF456', name: 'payments' },
  ]);
});

test.each([
  ['is not an ID', ['payments'], /"payments" is not a user pool ID/],
  ['has a bad Region', ['mars-1_AbC'], /not a user pool ID/],
  ['is named twice', [ID, `x=${ID}`], /named twice/],
  ['is in another Region', [ID, 'us-east-1_AbC123'], /one Region; got eu-central-1, us-east-1/],
  ['two are wrong', ['a', 'b'], /"a".*"b"/],
])('the pool argument is refused if it %s', (_case, texts, message) => {
  expect(() => parsePoolArguments(texts)).toThrow(
    expect.objectContaining({
      code: 'ERR_ARGUMENT_INVALID',
      message: expect.stringMatching(message),
    }),
  );
});
