import { describe, expect, test } from '@jest/globals';
import type { ValueRules } from './contract-definition.ts';
import { checkValue, knownMembers } from './value-rules.ts';

const limits: ValueRules = {
  type: 'object',
  members: {
    perMinute: { type: 'number', required: true, min: 1, integer: true },
    hosts: { type: 'string[]', maxItems: 2, pattern: '[a-z.]+' },
    burst: { type: 'object', members: { size: { type: 'number', max: 10 } } },
    open: { type: 'object' },
  },
};

describe('a value that is within its rules', () => {
  test.each<[ValueRules, unknown]>([
    [{ type: 'number', min: 1 }, 1],
    [{ type: 'number', max: 1 }, 1],
    [{ type: 'number', min: -0.5, max: 0.5 }, 0.25],
    [{ type: 'number', integer: true }, -3],
    [{ type: 'number[]', min: 1, max: 2, integer: true }, [1, 2]],
    [{ type: 'string', maxLength: 2 }, 'ab'],
    [{ type: 'string', maxLength: 1 }, '😀'],
    [{ type: 'string', pattern: 'a|b' }, 'b'],
    [{ type: 'string', pattern: '\\p{L}+' }, 'é'],
    [{ type: 'string[]', minItems: 1, maxItems: 2 }, ['a', 'b']],
    [{ type: 'string[]', minItems: 0 }, []],
    [limits, { perMinute: 1 }],
    [limits, { perMinute: 1, hosts: ['a.b'], burst: { size: 10 }, open: { any: [null] } }],
    [{ type: 'object' }, { any: 1 }],
  ])('a value that is within its rules has no fault: %j, %j', (rules, value) => {
    expect(checkValue(rules, value, 'x')).toEqual([]);
  });
});

describe('a value outside its rules', () => {
  test.each<[ValueRules, unknown, object[]]>([
    [
      { type: 'number', min: 1 },
      0.999,
      [{ path: 'x', problem: 'too small', expected: 'at least 1' }],
    ],
    [
      { type: 'number', max: 1 },
      1.001,
      [{ path: 'x', problem: 'too large', expected: 'at most 1' }],
    ],
    [{ type: 'number', integer: true }, 1.5, [{ problem: 'not a whole number' }]],
    [{ type: 'number[]', max: 1 }, [1, 2, 3], [{ path: 'x[1]' }, { path: 'x[2]' }]],
    [{ type: 'string', maxLength: 2 }, 'abc', [{ problem: 'too long', got: '3 characters' }]],
    [{ type: 'string', pattern: 'a|b' }, 'ab', [{ problem: 'does not match the pattern' }]],
    [{ type: 'string', pattern: 'a' }, 'a\n', [{ problem: 'does not match the pattern' }]],
    [{ type: 'string[]', minItems: 1 }, [], [{ problem: 'too few elements', got: '0' }]],
    [{ type: 'string[]', maxItems: 1 }, ['a', 'b'], [{ problem: 'too many elements', got: '2' }]],
    [limits, {}, [{ path: 'x.perMinute', problem: 'missing', expected: 'number' }]],
    [
      limits,
      { perMinute: 'lots' },
      [{ path: 'x.perMinute', problem: 'wrong type', got: 'string' }],
    ],
    [
      limits,
      { perMinute: 1, perMinutee: 2 },
      [{ path: 'x.perMinutee', problem: 'unknown member' }],
    ],
    [limits, { perMinute: 1, constructor: 2 }, [{ path: 'x.constructor' }]],
    [limits, { perMinute: 0.5, hosts: ['A'], burst: { size: 11 } }, [{}, {}, {}, {}]],
    [limits, [], [{ problem: 'wrong type', expected: 'object' }]],
  ])('a value outside its rules has these faults: %j, %j', (rules, value, faults) => {
    const found = checkValue(rules, value, 'x');

    expect(found).toHaveLength(faults.length);
    expect(found).toMatchObject(faults);
  });
});

describe('members that rules do not name', () => {
  test('members that rules do not name are left out at every level, and kept in an object that takes any', () => {
    const value = {
      perMinute: 1,
      later: true,
      burst: { size: 1, later: 2 },
      open: { later: 3 },
      ['__proto__']: { later: 4 },
    };

    expect(knownMembers(limits, value)).toEqual({
      perMinute: 1,
      burst: { size: 1 },
      open: { later: 3 },
    });
  });

  test.each(['text', 1, null, undefined, [1]])(
    'members that rules do not name do not concern %j',
    (value) => {
      expect(knownMembers(limits, value)).toBe(value);
    },
  );
});
