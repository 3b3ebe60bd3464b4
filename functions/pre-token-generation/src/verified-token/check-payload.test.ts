import type { TokenIssuer, TokenSelector } from '@cognito-m2m/claim-schema';
import { describe, expect, test } from '@jest/globals';
import { checkPayload } from './token-verifier.ts';

const NOW = 1_800_000_000;

const PAYLOAD = {
  client_id: 'user-client',
  token_use: 'access',
  aud: 'payments',
  iat: NOW - 60,
  exp: NOW + 60,
};

function selectorOf(issuer: Partial<TokenIssuer> = {}): TokenSelector {
  return {
    key: 'user_token',
    issuer: {
      name: 'staff',
      issuer: 'https://issuer.example',
      clientIds: ['user-client'],
      audience: [],
      tokenUse: 'access',
      ...issuer,
    },
    required: true,
    maxAgeSeconds: 300,
    claims: {},
  };
}

const check = (payload: object, issuer: Partial<TokenIssuer> = {}) =>
  checkPayload({ ...PAYLOAD, ...payload }, selectorOf(issuer), NOW);

const anyUse = { tokenUse: undefined } as unknown as Partial<TokenIssuer>;

describe('a payload is accepted', () => {
  test.each([
    ['that is as old as allowed', { iat: NOW - 300 }, {}, 300],
    ['that expires in one second', { exp: NOW + 1 }, {}, 60],
    ['that was issued by a clock 5 seconds ahead', { iat: NOW + 5 }, {}, 0],
    ['that is valid in 5 seconds', { nbf: NOW + 5 }, {}, 60],
    [
      'of an ID token for a client',
      { token_use: 'id', aud: 'user-client' },
      { tokenUse: 'id' as const },
      60,
    ],
    [
      'whose client is in azp',
      { client_id: undefined, azp: 'user-client', token_use: undefined },
      anyUse,
      60,
    ],
    [
      'for one of several audiences',
      { aud: ['a', 'payments'] },
      { clientIds: [], audience: ['b', 'payments'] },
      60,
    ],
    ['for a client and an audience', {}, { audience: ['payments'] }, 60],
  ])('%s', (_what, payload, issuer, ageSeconds) => {
    expect(check(payload, issuer)).toBe(ageSeconds);
  });
});

describe('a payload is refused', () => {
  test.each([
    ['that never expires', { exp: undefined }, {}, 'ERR_TOKEN_MALFORMED'],
    ['whose expiry is a string', { exp: `${NOW + 60}` }, {}, 'ERR_TOKEN_MALFORMED'],
    ['without a time of issue', { iat: undefined }, {}, 'ERR_TOKEN_MALFORMED'],
    ['whose nbf is null', { nbf: null }, {}, 'ERR_TOKEN_MALFORMED'],
    ['that expires now', { exp: NOW }, {}, 'ERR_TOKEN_EXPIRED'],
    ['that is valid in 6 seconds', { nbf: NOW + 6 }, {}, 'ERR_TOKEN_NOT_YET_VALID'],
    ['that is issued in 6 seconds', { iat: NOW + 6 }, {}, 'ERR_TOKEN_NOT_YET_VALID'],
    ['that is one second too old', { iat: NOW - 301 }, {}, 'ERR_TOKEN_TOO_OLD'],
    ['of an ID token', { token_use: 'id' }, {}, 'ERR_TOKEN_USE'],
    ['without a use', { token_use: undefined }, {}, 'ERR_TOKEN_USE'],
    ['of another client', { client_id: 'other' }, {}, 'ERR_TOKEN_AUDIENCE'],
    [
      'whose client is another one, and azp is right',
      { client_id: 'other', azp: 'user-client' },
      {},
      'ERR_TOKEN_AUDIENCE',
    ],
    ['without a client', { client_id: undefined }, {}, 'ERR_TOKEN_AUDIENCE'],
    ['whose client is a list', { client_id: ['user-client'] }, {}, 'ERR_TOKEN_AUDIENCE'],
    [
      'of an ID token for another client',
      { token_use: 'id' },
      { tokenUse: 'id' as const },
      'ERR_TOKEN_AUDIENCE',
    ],
    ['for another audience', { aud: 'other' }, { audience: ['payments'] }, 'ERR_TOKEN_AUDIENCE'],
    ['without an audience', { aud: undefined }, { audience: ['payments'] }, 'ERR_TOKEN_AUDIENCE'],
    [
      'of an issuer that names neither clients nor audiences',
      {},
      { clientIds: [] },
      'ERR_TOKEN_AUDIENCE',
    ],
  ])('%s', (_what, payload, issuer, code) => {
    expect(() => check(payload, issuer)).toThrow(expect.objectContaining({ code }));
  });
});
