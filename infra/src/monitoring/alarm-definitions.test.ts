import { DENIAL_MESSAGES } from '@cognito-m2m/claim-schema';
import { describe, expect, test } from '@jest/globals';
import { alarmDefinitions } from './alarm-definitions.ts';

const definitions = alarmDefinitions('test');

describe('alarmDefinitions', () => {
  test('watches the function, the table and what is served in its absence', () => {
    expect(
      definitions.map(({ name }) => name).filter((name) => !name.startsWith('denied-')),
    ).toEqual(['errors', 'throttles', 'slow', 'store-errors', 'stale-served', 'reserved-dropped']);
  });

  test.each(Object.keys(DENIAL_MESSAGES).filter((code) => !code.startsWith('ERR_TOKEN_')))(
    'watches tokens refused with %s',
    (reason) => {
      const dimensions = { service: 'm2m-test-pre-token-generation', reason };

      expect(definitions.map(({ metric }) => metric)).toContainEqual({
        namespace: 'CognitoM2mClaims',
        name: 'TokensDenied',
        dimensions,
      });
    },
  );

  test('does not count a refused token as an error of the function', () => {
    expect(definitions.find(({ name }) => name === 'errors')?.without).toMatchObject({
      name: 'TokensDenied',
    });
  });

  test('gives every alarm a name of its own', () => {
    expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
  });
});
