import { describe, expect, test } from '@jest/globals';
import { contract } from '../test/fixtures.ts';
import {
  type ClaimsOf,
  defineContract,
  type PartialClaimsOf,
  requiredClaimNames,
  type Verified,
} from './contract-definition.ts';

const example = defineContract({
  role: { type: 'string', values: ['admin', 'viewer'], description: 'A role.', required: true },
  levels: { type: 'number[]', values: [1, 2], description: 'Levels.' },
  flags: { type: 'boolean[]', description: 'Flags.' },
  limits: { type: 'object', description: 'Limits.' },
});

// Each line below "@ts-expect-error" is a mistake that the compiler finds: type checking is the test.
test('claims that fit the contract compile, others do not', () => {
  const full: ClaimsOf<typeof example> = {
    role: 'admin',
    levels: [1, 2],
    flags: [true],
    limits: { a: [null] },
  };
  const least: ClaimsOf<typeof example> = { role: 'viewer' };
  const part: PartialClaimsOf<typeof example> = { levels: [] };
  // @ts-expect-error a required claim is missing
  const missing: ClaimsOf<typeof example> = { levels: [1] };
  // @ts-expect-error not one of the allowed values
  const offList: PartialClaimsOf<typeof example> = { role: 'root' };
  // @ts-expect-error not one of the allowed elements
  const offElements: PartialClaimsOf<typeof example> = { levels: [3] };
  // @ts-expect-error another type
  const wrongType: PartialClaimsOf<typeof example> = { flags: 'yes' };
  // @ts-expect-error not in the contract
  const unknownName: PartialClaimsOf<typeof example> = { other: 1 };
  // @ts-expect-error the fixture contract knows two tiers
  const wrongTier: PartialClaimsOf<typeof contract> = { tier: 'gold' };

  const values = [full, least, part, missing, offList, offElements, wrongType, unknownName];
  expect([...values, wrongTier]).toHaveLength(9);
});

test('a contract cannot be changed at run time', () => {
  expect(Object.isFrozen(contract)).toBe(true);
});

test('the members of an object claim are typed', () => {
  const typed = defineContract({
    limits: {
      type: 'object',
      description: 'Limits.',
      members: {
        perMinute: { type: 'number', required: true },
        tier: { type: 'string', values: ['free', 'premium'] },
        burst: { type: 'object', members: { size: { type: 'number' } } },
      },
    },
  });
  type Declared = PartialClaimsOf<typeof typed>;
  const full: Declared = { limits: { perMinute: 1, tier: 'free', burst: { size: 2 } } };
  const least: Declared = { limits: { perMinute: 1 } };
  // @ts-expect-error a required member is missing
  const missing: Declared = { limits: { tier: 'free' } };
  // @ts-expect-error not a member
  const unknown: Declared = { limits: { perMinutee: 1, perMinute: 1 } };
  // @ts-expect-error not one of the allowed values
  const offList: Declared = { limits: { perMinute: 1, tier: 'gold' } };
  // @ts-expect-error another type, one level down
  const wrongType: Declared = { limits: { perMinute: 1, burst: { size: 'big' } } };

  expect([full, least, missing, unknown, offList, wrongType]).toHaveLength(6);
});

test('a claim that some pools require may be missing from a token of any pool', () => {
  const byPool = defineContract({
    tenant: { type: 'string', description: 'A tenant.', required: ['payments'] },
  });
  const none: ClaimsOf<typeof byPool> = {};

  expect(none).toEqual({});
});

describe('the claims that a pool requires', () => {
  const byPool = defineContract({
    everywhere: { type: 'string', description: 'A claim.', required: true },
    somewhere: { type: 'string', description: 'A claim.', required: ['payments', 'logistics'] },
    nowhere: { type: 'string', description: 'A claim.', required: false },
    never: { type: 'string', description: 'A claim.' },
  });

  test.each([
    ['payments', ['everywhere', 'somewhere']],
    ['logistics', ['everywhere', 'somewhere']],
    ['other', ['everywhere']],
    ['constructor', ['everywhere']],
    [undefined, ['everywhere']],
  ])('the claims that a pool requires are for %p: %j', (poolName, names) => {
    expect(requiredClaimNames(byPool, poolName)).toEqual(names);
  });
});

test('a verified claim has a type that no other value has, and no layer may declare it', () => {
  const byToken = defineContract({
    on_behalf_of: { type: 'string', description: 'The user.', verified: true },
    tenant: { type: 'string', description: 'A tenant.' },
  });
  const actFor = (user: Verified<string> | undefined): string => `for ${user}`;
  const claims: ClaimsOf<typeof byToken> = { tenant: 'user-1' };
  // @ts-expect-error not a verified value
  const tenant = actFor(claims.tenant);
  // @ts-expect-error not a verified value
  const made: ClaimsOf<typeof byToken> = { on_behalf_of: 'user-1' };
  // @ts-expect-error only a verified token can fill it
  const declared: PartialClaimsOf<typeof byToken> = { on_behalf_of: 'user-1' };

  expect([actFor(claims.on_behalf_of), tenant, made, declared]).toHaveLength(4);
});
