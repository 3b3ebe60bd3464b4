import { expect, test } from '@jest/globals';
import { type ContractClaims, contract } from './contract.ts';
import { type ClaimsOf, defineContract, type PartialClaimsOf } from './contract-definition.ts';
import { isReservedClaimName } from './reserved-names.ts';

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
  // @ts-expect-error the team's own contract knows two tiers
  const wrongTier: Partial<ContractClaims> = { tier: 'gold' };

  const values = [full, least, part, missing, offList, offElements, wrongType, unknownName];
  expect([...values, wrongTier]).toHaveLength(9);
});

test('the contract names no claim that is reserved, and describes each', () => {
  for (const [name, { description }] of Object.entries(contract)) {
    expect(isReservedClaimName(name) || name === 'aud').toBe(false);
    expect(description).toMatch(/^[A-Z].*\.$/);
  }
});

test('a contract cannot be changed at run time', () => {
  expect(Object.isFrozen(contract)).toBe(true);
});
