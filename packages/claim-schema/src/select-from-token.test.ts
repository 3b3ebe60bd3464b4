import { describe, expect, test } from '@jest/globals';
import { defineContract } from './contract-definition.ts';
import { resolveClaims } from './resolve-claims.ts';
import { aBaseline, anOverride, aTokenSelector } from './testing/records.ts';
import { aRequest, denialOf, issuedOf, NOW, someRules } from './testing/requests.ts';
import type { TokenRefusalCode, TokenSelector, TokenVerdict } from './token-selector.ts';

const contract = defineContract({
  on_behalf_of: { type: 'string', description: 'The user.', verified: true },
  groups: { type: 'string[]', description: 'The groups of the user.', verified: true },
  tier: { type: 'string', description: 'The plan.' },
});

const verified = (claims: { readonly [name: string]: unknown }): TokenVerdict => ({
  outcome: 'verified',
  ageSeconds: 1,
  claims,
});

const refused = (code: TokenRefusalCode): TokenVerdict => ({
  outcome: 'refused',
  code,
  reason: undefined,
});

function resolve(selector: TokenSelector | undefined, token: TokenVerdict | undefined) {
  const baseline = aBaseline({
    defaults: {},
    claims: { tier: 'free' },
    ...(selector && { claimsFromToken: selector }),
  });
  return resolveClaims({ baseline }, { ...aRequest(), token }, NOW, someRules({ contract }));
}

describe('a verified token', () => {
  test('a verified token brings the claims that the client takes, with issuer and key as their origin', () => {
    const selector = aTokenSelector({ claims: { on_behalf_of: 'sub', groups: 'cognito:groups' } });

    const issued = issuedOf(resolve(selector, verified({ on_behalf_of: 'u', groups: ['g'] })));

    expect(issued.claims).toEqual({ groups: ['g'], on_behalf_of: 'u', tier: 'free' });
    expect(issued.provenance['on_behalf_of']).toEqual({
      layer: 'token',
      source: 'user_token',
      issuer: 'staff',
    });
  });

  test('a verified token wins over every other layer', () => {
    const selector = aTokenSelector({ claims: { tier: 'plan' } });

    const issued = issuedOf(resolve(selector, verified({ tier: 'premium' })));

    expect(issued.claims).toEqual({ tier: 'premium' });
  });

  test('a verified token brings nothing to a client that takes nothing', () => {
    const issued = issuedOf(resolve(undefined, verified({ on_behalf_of: 'u' })));

    expect(issued.claims).toEqual({ tier: 'free' });
  });

  test.each([
    ['is missing', {}, 'ERR_TOKEN_CLAIM_MISSING'],
    ['is a list and should be a string', { on_behalf_of: ['u'] }, 'ERR_TOKEN_CLAIM_INVALID'],
    ['is an object and should be a string', { on_behalf_of: {} }, 'ERR_TOKEN_CLAIM_INVALID'],
    ['is null', { on_behalf_of: null }, 'ERR_TOKEN_CLAIM_INVALID'],
  ])('a verified token is refused if a claim %s', (_what, claims, code) => {
    const denial = denialOf(resolve(aTokenSelector(), verified(claims)));

    expect(denial).toEqual({ outcome: 'deny', code, subject: 'on_behalf_of' });
  });

  test('a verified token is refused for a claim that the contract does not know', () => {
    const selector = aTokenSelector({ claims: { constructor: 'sub' } });

    const denial = denialOf(
      resolve(selector, verified(Object.fromEntries([['constructor', 'u']]))),
    );

    expect(denial).toMatchObject({ code: 'ERR_TOKEN_CLAIM_INVALID', subject: 'constructor' });
  });
});

describe('a request without a user token', () => {
  test('a request without a user token is refused if the client requires one', () => {
    const denial = denialOf(resolve(aTokenSelector(), undefined));

    expect(denial).toEqual({ outcome: 'deny', code: 'ERR_TOKEN_REQUIRED', subject: 'user_token' });
  });

  test('a request without a user token gets a token without the claims if the client does not require one', () => {
    const issued = issuedOf(resolve(aTokenSelector({ required: false }), undefined));

    expect(issued).toMatchObject({ claims: { tier: 'free' }, dropped: [] });
  });
});

describe('a refused user token', () => {
  test.each([true, false])(
    'a refused user token refuses the request, required or not: %s',
    (required) => {
      const denial = denialOf(
        resolve(aTokenSelector({ required }), refused('ERR_TOKEN_SIGNATURE')),
      );

      expect(denial).toEqual({
        outcome: 'deny',
        code: 'ERR_TOKEN_SIGNATURE',
        subject: 'user_token',
      });
    },
  );

  test('a refused user token refuses the request for keys that are not available if it is required', () => {
    const denial = denialOf(resolve(aTokenSelector(), refused('ERR_TOKEN_KEYS_UNAVAILABLE')));

    expect(denial.code).toBe('ERR_TOKEN_KEYS_UNAVAILABLE');
  });

  test('a refused user token leaves its claims out for keys that are not available if it is not required', () => {
    const selector = aTokenSelector({ required: false });

    const issued = issuedOf(resolve(selector, refused('ERR_TOKEN_KEYS_UNAVAILABLE')));

    expect(issued).toMatchObject({
      claims: { tier: 'free' },
      dropped: [{ name: 'on_behalf_of', layer: 'token', reason: 'keys-unavailable' }],
    });
  });
});

test('a verified claim that any other layer sets is dropped', () => {
  const claims = { on_behalf_of: 'admin' };
  const baseline = aBaseline({
    defaults: claims,
    claims,
    claimsByScope: { 'orders/read': claims },
    claimsFromMetadata: { on_behalf_of: { key: 'user', allow: ['admin'], required: true } },
  });
  const override = anOverride({ claims: { on_behalf_of: { value: 'admin' } } });
  const request = aRequest({ metadata: { user: 'admin' } });

  const issued = issuedOf(
    resolveClaims({ baseline, override }, request, NOW, someRules({ contract })),
  );

  expect(issued.claims).toEqual({});
  expect(issued.dropped).toEqual(
    ['baseline', 'default', 'metadata', 'override', 'scope'].map((layer) => ({
      name: 'on_behalf_of',
      layer,
      reason: 'unverified',
    })),
  );
});
