import { describe, expect, test } from '@jest/globals';
import type { ClaimDefinition } from '../contract-definition.ts';
import { compareContracts, formatChange } from './compare-contracts.ts';

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
  ])('sees %s', (_, before, after, kind, isBreaking) => {
    const changes = compareContracts({ tier: aClaim(before) }, { tier: aClaim(after) });

    expect(changes).toMatchObject([{ claim: 'tier', kind, isBreaking }]);
  });

  test('sees a claim that is gone and one that is new', () => {
    const changes = compareContracts({ tier: aClaim() }, { plan: aClaim() });

    expect(changes).toMatchObject([
      { claim: 'tier', kind: 'claim-removed', isBreaking: true },
      { claim: 'plan', kind: 'claim-added', isBreaking: false },
    ]);
  });

  test('sees no change in a new description, another order of values or an explicit default', () => {
    const before = aClaim({ values: ['a', 'b'] });
    const after = aClaim({ values: ['b', 'a'], description: 'New words.', required: false });

    expect(compareContracts({ tier: before }, { tier: after })).toEqual([]);
  });

  test('takes a claim named like a member of Object for plain data', () => {
    const changes = compareContracts({ constructor: aClaim() }, {});

    expect(changes).toMatchObject([{ claim: 'constructor', kind: 'claim-removed' }]);
  });

  test('renders a change as one line', () => {
    const [change] = compareContracts({ tier: aClaim() }, { tier: aClaim({ type: 'number' }) });

    expect(change && formatChange(change)).toBe('"tier": type changed (string → number)');
  });
});

function aClaim(fields: Partial<ClaimDefinition> = {}): ClaimDefinition {
  return { type: 'string', description: 'A claim.', ...fields };
}
