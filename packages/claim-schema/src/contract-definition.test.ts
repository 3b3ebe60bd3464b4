import { expect, test } from '@jest/globals';
import { contract } from '../test/fixtures.ts';
import { type ClaimsOf, defineContract, type PartialClaimsOf } from './contract-definition.ts';

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
