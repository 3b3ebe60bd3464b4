import { describe, expect, test } from '@jest/globals';
import { contract } from '../../test/fixtures.ts';
import { checkClaimValue } from '../claim-rules.ts';
import type { ClaimDefinition } from '../contract-definition.ts';
import { lintContract } from './lint-contract.ts';

describe('lintContract', () => {
  test('finds nothing wrong with a sound contract', () => {
    expect(lintContract(contract)).toEqual([]);
  });

  test.each(['exp', 'sub', 'scope', 'aud', 'cognito:foo', 'dev:foo'])(
    'refuses the claim "%s", which no record may set',
    (name) => {
      expect(lintContract({ [name]: aClaim() })).toMatchObject([{ path: name }]);
    },
  );

  test.each(['text', 'String', 'object[]', '', undefined])('refuses the type %p', (type) => {
    const tier = { ...aClaim({ values: ['free'], gatewaySafe: true }), type } as ClaimDefinition;

    expect(lintContract({ tier })).toEqual([
      {
        path: 'tier.type',
        problem: 'no type of a claim',
        got: String(type),
        expected: 'one of string, number, boolean, string[], number[], boolean[], object',
      },
    ]);
  });

  test.each([undefined, '', ' '])('refuses the description %p', (description) => {
    const tier = { ...aClaim(), description } as ClaimDefinition;

    expect(lintContract({ tier })).toMatchObject([
      { path: 'tier.description', problem: 'missing', expected: expect.any(String) },
    ]);
  });

  test('lists the faults of one claim together', () => {
    expect(lintContract({ exp: { type: 'text' } } as never)).toHaveLength(3);
  });

  test.each<[string, Partial<ClaimDefinition>]>([
    ['a number', { type: 'number' }],
    ['an array', { type: 'string[]' }],
    ['a listed value that ends with a blank', { values: ['free '] }],
  ])('refuses a gateway-safe claim with %s', (_, fields) => {
    const faults = lintContract({ tier: aClaim({ gatewaySafe: true, ...fields }) });

    expect(faults).toHaveLength(1);
  });

  test.each([
    ['free', true],
    ['free tier', true],
    ['free, for now', true],
    [' free', false],
    ['free\t', false],
  ])('thinks of the listed value "%s" as a token with it is thought of', (value, isSafe) => {
    const tier = aClaim({ gatewaySafe: true, values: [value] });

    expect(lintContract({ tier }).length === 0).toBe(isSafe);
    expect(checkClaimValue({ tier }, 'tier', value, 'tier') === undefined).toBe(isSafe);
  });

  test.each(['x', 'a:b/c'])('takes the gateway-safe value "%s"', (value) => {
    expect(lintContract({ tier: aClaim({ gatewaySafe: true, values: [value] }) })).toEqual([]);
  });

  test.each<[string, ClaimDefinition['values']]>([
    ['of another type', [1]],
    ['listed twice', ['a', 'a']],
    ['that are none', []],
  ])('refuses values %s', (_, values) => {
    expect(lintContract({ tier: aClaim({ ...(values && { values }) }) })).toHaveLength(1);
  });
});

function aClaim(fields: Partial<ClaimDefinition> = {}): ClaimDefinition {
  return { type: 'string', description: 'A claim.', ...fields };
}
