import { describe, expect, test } from '@jest/globals';
import type { ClaimDefinition } from '../contract-definition.ts';
import { compareContracts, formatChange } from './check-contract.ts';

describe('compareContracts', () => {
  test.each<[string, Partial<ClaimDefinition>, Partial<ClaimDefinition>, string, boolean]>([
    ['another type', {}, { type: 'number' }, 'type-changed', true],
    ['one value more', { values: ['a'] }, { values: ['a', 'b'] }, 'values-added', true],
    ['no list any more', { values: ['a'] }, {}, 'values-added', true],
    ['one value less', { values: ['a', 'b'] }, { values: ['a'] }, 'values-removed', true],
    ['a list where there was none', {}, { values: ['a'] }, 'values-removed', true],
    ['no longer required', { required: true }, {}, 'required-dropped', true],
    ['required from now on', {}, { required: true }, 'required-added', false],
    ['no longer gateway-safe', { gatewaySafe: true }, {}, 'gateway-safe-dropped', true],
    ['gateway-safe from now on', {}, { gatewaySafe: true }, 'gateway-safe-added', false],
    ['no longer verified', { verified: true }, {}, 'verified-dropped', true],
    ['verified from now on', {}, { verified: true }, 'verified-added', false],
    [
      'required in one pool less',
      { required: ['a', 'b'] },
      { required: ['a'] },
      'required-dropped',
      true,
    ],
    [
      'required in one pool more',
      { required: ['a'] },
      { required: ['a', 'b'] },
      'required-added',
      false,
    ],
    [
      'required in some pools only',
      { required: true },
      { required: ['a'] },
      'required-dropped',
      true,
    ],
    ['required in every pool', { required: ['a'] }, { required: true }, 'required-added', false],
    ['required in no pool', { required: ['a'] }, {}, 'required-dropped', true],
    ['required in a pool', {}, { required: ['a'] }, 'required-added', false],
    ['a smaller minimum', { min: 2 }, { min: 1 }, 'widened', true],
    ['a larger minimum', { min: 1 }, { min: 2 }, 'narrowed', false],
    ['no minimum', { min: 0 }, {}, 'widened', true],
    ['a minimum', {}, { min: 0 }, 'narrowed', false],
    ['a larger maximum', { max: 1 }, { max: 2 }, 'widened', true],
    ['a smaller maximum', { max: 2 }, { max: 1 }, 'narrowed', false],
    ['any number', { integer: true }, {}, 'widened', true],
    ['whole numbers only', {}, { integer: true }, 'narrowed', false],
    ['another pattern', { pattern: 'a' }, { pattern: 'a|b' }, 'widened', true],
    ['no pattern', { pattern: 'a' }, {}, 'widened', true],
    ['a pattern', {}, { pattern: 'a' }, 'narrowed', false],
    ['a longer string', { maxLength: 1 }, { maxLength: 2 }, 'widened', true],
    ['a shorter string', { maxLength: 2 }, { maxLength: 1 }, 'narrowed', false],
    ['fewer elements', { minItems: 1 }, {}, 'widened', true],
    ['more elements', { maxItems: 1 }, { maxItems: 2 }, 'widened', true],
    ['at most so many elements', {}, { maxItems: 2 }, 'narrowed', false],
    ['a member more', withMembers('a'), withMembers('a', 'b'), 'member-added', false],
    ['a member less', withMembers('a', 'b'), withMembers('a'), 'member-removed', true],
    ['members where any was taken', { type: 'object' }, withMembers('a'), 'members-declared', true],
    ['any member', withMembers('a'), { type: 'object' }, 'members-opened', true],
  ])('compareContracts sees %s', (_, before, after, kind, isBreaking) => {
    const changes = compareContracts({ tier: aClaim(before) }, { tier: aClaim(after) });

    expect(changes).toHaveLength(1);
    expect(changes).toMatchObject([{ claim: 'tier', kind, isBreaking }]);
  });

  test('compareContracts sees a claim that is gone and one that is new', () => {
    const changes = compareContracts({ tier: aClaim() }, { plan: aClaim() });

    expect(changes).toMatchObject([
      { claim: 'tier', kind: 'claim-removed', isBreaking: true },
      { claim: 'plan', kind: 'claim-added', isBreaking: false },
    ]);
  });

  test('compareContracts sees no change in a new description, another order of values or an explicit default', () => {
    const before = aClaim({ values: ['a', 'b'] });
    const after = aClaim({ values: ['b', 'a'], description: 'New words.', required: false });

    expect(compareContracts({ tier: before }, { tier: after })).toEqual([]);
  });

  test('compareContracts takes a claim named like a member of Object for plain data', () => {
    const changes = compareContracts({ constructor: aClaim() }, {});

    expect(changes).toMatchObject([{ claim: 'constructor', kind: 'claim-removed' }]);
  });

  test('compareContracts renders a change as one line', () => {
    const [change] = compareContracts({ tier: aClaim() }, { tier: aClaim({ type: 'number' }) });

    expect(change && formatChange(change)).toBe('"tier": type changed (string → number)');
  });
});

test('a change inside an object names the member', () => {
  const before = {
    limits: aClaim({
      type: 'object',
      members: { rate: { type: 'number', max: 1, required: true } },
    }),
  };
  const after = {
    limits: aClaim({ type: 'object', members: { rate: { type: 'number', max: 2 } } }),
  };

  expect(compareContracts(before, after).map(formatChange)).toEqual([
    '"limits": widened (rate: max 1 → 2)',
    '"limits": required dropped (rate)',
  ]);
});

function withMembers(...names: string[]): Partial<ClaimDefinition> {
  const members = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  return { type: 'object', members };
}

function aClaim(fields: Partial<ClaimDefinition> = {}): ClaimDefinition {
  return { type: 'string', description: 'A claim.', ...fields };
}
