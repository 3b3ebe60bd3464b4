import { describe, expect, test } from '@jest/globals';
import {
  isAddableScope,
  isAllowedAudience,
  isReservedClaimName,
  isUnsuppressibleClaimName,
  RESERVED_CLAIM_NAMES,
} from './reserved-names.ts';

/** As the documentation of Amazon Cognito lists them, and `scope`, written out once more. */
const DOCUMENTED = [
  ['sub', 'client_id', 'username', 'event_id', 'device_key', 'version', 'acr', 'amr', 'at_hash'],
  ['auth_time', 'azp', 'exp', 'iat', 'iss', 'jti', 'nbf', 'nonce', 'origin_jti', 'token_use'],
  ['identities', 'scope'],
].flat();

describe('a reserved name', () => {
  test('a reserved name is each of the documented ones, and no other', () => {
    expect([...RESERVED_CLAIM_NAMES].sort()).toEqual(DOCUMENTED.sort());
  });

  test.each([
    ['sub', true, true],
    ['cognito:groups', true, true],
    ['cognito:', true, true],
    ['dev:stage', true, false],
    ['aud', false, true],
    ['tier', false, false],
    ['x-cognito:', false, false],
    ['x-dev:', false, false],
    ['Sub', false, false],
    ['', false, false],
  ])('%j may not be set: %s, nor suppressed: %s', (name, isReserved, isUnsuppressible) => {
    expect(isReservedClaimName(name)).toBe(isReserved);
    expect(isUnsuppressibleClaimName(name)).toBe(isUnsuppressible);
  });
});

test.each([
  ['1example23456789', true],
  ['another', false],
  [['1example23456789'], false],
  [undefined, false],
])('the audience %j of the client 1example23456789 is allowed: %s', (value, isAllowed) => {
  expect(isAllowedAudience(value, '1example23456789')).toBe(isAllowed);
});

test.each([
  ['orders/read', true],
  ['a/b', true],
  ['https://api.example.com/orders/write', true],
  ['!#[]~/!#.0[]~', true],
  [' orders/read', false],
  ['orders/read ', false],
  ['orders/read orders/write', false],
  ['"orders/read', false],
  ['or"ders/read', false],
  ['or\\ders/read', false],
  ['orders/re"ad', false],
  ['orders/re\\ad', false],
  ['orders/', false],
  ['/read', false],
  ['openid', false],
  ['aws.cognito.signin.user.admin', false],
  ['', false],
])('the scope %j can be added: %s', (scope, isAddable) => {
  expect(isAddableScope(scope)).toBe(isAddable);
});
