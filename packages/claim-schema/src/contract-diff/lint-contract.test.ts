import { describe, expect, test } from '@jest/globals';
import { contract } from '../../test/fixtures.ts';
import { checkClaimValue } from '../claim-rules.ts';
import type { ClaimDefinition } from '../contract-definition.ts';
import { lintContract } from './lint-contract.ts';

describe('lintContract', () => {
  test('lintContract finds nothing wrong with a sound contract', () => {
    expect(lintContract(contract)).toEqual([]);
  });

  test.each(['exp', 'sub', 'scope', 'aud', 'cognito:foo', 'dev:foo'])(
    'lintContract refuses the claim "%s", which no record may set',
    (name) => {
      expect(lintContract({ [name]: aClaim() })).toMatchObject([{ path: name }]);
    },
  );

  test.each(['text', 'String', 'object[]', '', undefined])(
    'lintContract refuses the type %p',
    (type) => {
      const tier = { ...aClaim({ values: ['free'], gatewaySafe: true }), type } as ClaimDefinition;

      expect(lintContract({ tier })).toEqual([
        {
          path: 'tier.type',
          problem: 'wrong field',
          expected: 'one of string, number, boolean, string[], number[], boolean[], object',
        },
      ]);
    },
  );

  test.each([undefined, '', ' '])('lintContract refuses the description %p', (description) => {
    const tier = { ...aClaim(), description } as ClaimDefinition;

    expect(lintContract({ tier })).toMatchObject([
      { path: 'tier.description', problem: 'missing', expected: expect.any(String) },
    ]);
  });

  test('lintContract lists the faults of one claim together', () => {
    expect(lintContract({ exp: { type: 'text' } } as never)).toHaveLength(3);
  });

  test.each<[string, Partial<ClaimDefinition>]>([
    ['a number', { type: 'number' }],
    ['an array', { type: 'string[]' }],
    ['a listed value that ends with a space', { values: ['free '] }],
  ])('lintContract refuses a gateway-safe claim with %s', (_, fields) => {
    const faults = lintContract({ tier: aClaim({ gatewaySafe: true, ...fields }) });

    expect(faults).toHaveLength(1);
  });

  test.each([
    ['free', true],
    ['free tier', true],
    ['free, for now', true],
    [' free', false],
    ['free\t', false],
  ])(
    'lintContract thinks of the listed value "%s" as a token with it is thought of',
    (value, isSafe) => {
      const tier = aClaim({ gatewaySafe: true, values: [value] });

      expect(lintContract({ tier }).length === 0).toBe(isSafe);
      expect(checkClaimValue({ tier }, 'tier', value, 'tier') === undefined).toBe(isSafe);
    },
  );

  test.each(['x', 'a:b/c'])('lintContract takes the gateway-safe value "%s"', (value) => {
    expect(lintContract({ tier: aClaim({ gatewaySafe: true, values: [value] }) })).toEqual([]);
  });

  test.each<[string, ClaimDefinition['values']]>([
    ['of another type', [1]],
    ['listed twice', ['a', 'a']],
    ['that are none', []],
  ])('lintContract refuses values %s', (_, values) => {
    expect(lintContract({ tier: aClaim({ ...(values && { values }) }) })).toHaveLength(1);
  });

  test.each<[string, Partial<ClaimDefinition>]>([
    ['a range', { type: 'number', min: 0, max: 0 }],
    ['listed numbers within the range', { type: 'number', min: 1, values: [1, 2] }],
    ['a range of elements', { type: 'number[]', min: 1, integer: true, minItems: 1, maxItems: 1 }],
    ['a pattern', { pattern: '[a-z]{2}-\\d+', maxLength: 5 }],
    ['pools that require it', { required: ['payments', 'logistics'] }],
    [
      'members',
      { type: 'object', members: { a: { type: 'object', members: { b: { type: 'boolean' } } } } },
    ],
  ])('lintContract takes a claim with %s', (_, fields) => {
    expect(lintContract({ claim: aClaim(fields) })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['a range without a number in it', { type: 'number', min: 2, max: 1 }, 'claim.min'],
    ['a range for strings', { min: 1 }, 'claim.min'],
    ['whole strings', { integer: true }, 'claim.integer'],
    ['a range that is not a number', { type: 'number', max: Number.NaN }, 'claim.max'],
    ['a limit that no token can carry', { type: 'number', max: 2 ** 60 }, 'claim.max'],
    ['a pattern for numbers', { type: 'number', pattern: 'a' }, 'claim.pattern'],
    ['a pattern that is not one', { pattern: '(' }, 'claim.pattern'],
    ['a negative length', { maxLength: -1 }, 'claim.maxLength'],
    ['a length of numbers', { type: 'number[]', maxLength: 1 }, 'claim.maxLength'],
    ['a number of elements for no list', { minItems: 1 }, 'claim.minItems'],
    [
      'more elements at least than at most',
      { type: 'string[]', minItems: 2, maxItems: 1 },
      'claim.minItems',
    ],
    [
      'a listed value outside of the range',
      { type: 'number', max: 1, values: [1, 2] },
      'claim.values[1]',
    ],
    ['a listed value off the pattern', { pattern: 'a', values: ['b'] }, 'claim.values[0]'],
    ['a decomposed listed value', { values: ['e\u0301'] }, 'claim.values[0]'],
    [
      'a listed element with a space at its end',
      { type: 'string[]', values: ['a '] },
      'claim.values[0]',
    ],
    ['listed booleans', { type: 'boolean', values: [] }, 'claim.values'],
    ['no member', { type: 'object', members: {} }, 'claim.members'],
    ['members of a string', { members: { a: { type: 'string' } } }, 'claim.members'],
    [
      'a member without a name',
      { type: 'object', members: { '': { type: 'string' } } },
      'claim.members[""]',
    ],
    ['a member that is not one', { type: 'object', members: { a: 'string' } }, 'claim.members.a'],
    ['a member without a type', { type: 'object', members: { a: {} } }, 'claim.members.a.type'],
    [
      'a member with a misspelled rule',
      { type: 'object', members: { a: { type: 'number', mni: 1 } } },
      'claim.members.a.mni',
    ],
    [
      'a member with a rule of another type',
      { type: 'object', members: { a: { type: 'string', min: 1 } } },
      'claim.members.a.min',
    ],
    ['a misspelled field', { requird: true }, 'claim.requird'],
    ['no pools that require it', { required: [] }, 'claim.required'],
    ['a pool listed twice', { required: ['a', 'a'] }, 'claim.required'],
  ])('lintContract refuses a claim with %s', (_, fields, path) => {
    const paths = lintContract({ claim: aClaim(fields) }).map((fault) => fault.path);

    expect(new Set(paths)).toEqual(new Set([path]));
  });

  test.each(['', ' tier', 'tier\n', 'ti\u0000er', 'e\u0301'])(
    'lintContract refuses the name %j',
    (name) => {
      expect(lintContract({ [name]: aClaim() })).toHaveLength(1);
    },
  );

  test('lintContract refuses the name __proto__, and takes the name constructor', () => {
    expect(lintContract({ ['__proto__']: aClaim() })).toMatchObject([{ path: '__proto__' }]);
    expect(lintContract({ constructor: aClaim() })).toEqual([]);
  });

  test('lintContract refuses a definition that is not an object', () => {
    expect(lintContract({ tier: 'string' } as never)).toMatchObject([{ path: 'tier' }]);
  });
});

function aClaim(fields: Partial<ClaimDefinition> = {}): ClaimDefinition {
  return { type: 'string', description: 'A claim.', ...fields };
}
