import { describe, expect, test } from '@jest/globals';
import { aTokenSelector } from './testing/records.ts';
import { listPassedTokenChecks } from './token-checks.ts';
import { TOKEN_REFUSAL_MESSAGES, type TokenRefusalCode } from './token-selector.ts';

const issuer = { ...aTokenSelector().issuer, tokenUse: 'access' as const };
const ALL = [
  'form',
  'algorithm',
  'issuer',
  'signature',
  'expiry',
  'start',
  'age',
  'token use',
  'app client',
  'claims',
];

describe('the passed checks of a user token', () => {
  test('the passed checks are all for an accepted token', () => {
    expect(listPassedTokenChecks(issuer, undefined)).toEqual(ALL);
  });

  test.each<[TokenRefusalCode, number]>([
    ['ERR_TOKEN_MALFORMED', 0],
    ['ERR_TOKEN_TOO_LARGE', 0],
    ['ERR_TOKEN_SIGNATURE', 3],
    ['ERR_TOKEN_EXPIRED', 4],
    ['ERR_TOKEN_CLAIM_INVALID', 9],
  ])('the passed checks are those before the check that ended in %s', (code, count) => {
    expect(listPassedTokenChecks(issuer, code)).toEqual(ALL.slice(0, count));
  });

  test('the passed checks never include the check that refused', () => {
    for (const code of Object.keys(TOKEN_REFUSAL_MESSAGES) as TokenRefusalCode[]) {
      expect(listPassedTokenChecks(issuer, code).length).toBeLessThan(ALL.length);
    }
  });

  test.each([
    [{ clientIds: [], audience: ['payments'] }, 'audience'],
    [{ audience: ['payments'] }, 'app client and audience'],
  ])('the passed checks name who the token is for: %j', (fields, name) => {
    expect(listPassedTokenChecks({ ...issuer, ...fields }, undefined)).toContain(name);
  });

  test('the passed checks do not include a token use that is not declared', () => {
    const { tokenUse: _any, ...other } = issuer;

    expect(listPassedTokenChecks(other, undefined)).not.toContain('token use');
  });
});
