import { describe, expect, test } from '@jest/globals';
import { defineContract } from './contract-definition.ts';
import { findMember, listMemberPaths, readMember, removeMember, setMember } from './members.ts';

const contract = defineContract({
  limits: {
    type: 'object',
    description: 'Limits.',
    members: {
      perMinute: { type: 'number' },
      burst: { type: 'object', members: { size: { type: 'number' } } },
      'a.b': { type: 'string' },
    },
  },
  'limits.extra': { type: 'object', description: 'More.' },
  tier: { type: 'string', description: 'A plan.' },
});

describe('a dotted path', () => {
  test.each([
    ['limits.perMinute', 'limits', ['perMinute'], 'number'],
    ['limits.burst', 'limits', ['burst'], 'object'],
    ['limits.burst.size', 'limits', ['burst', 'size'], 'number'],
    ['limits.a.b', 'limits', ['a.b'], 'string'],
    ['limits.extra.x.y', 'limits.extra', ['x', 'y'], undefined],
  ])('%s names a member', (path, claim, members, type) => {
    const found = findMember(contract, path);

    expect(found).toMatchObject({ claim, members });
    expect(found?.rules?.type).toBe(type);
  });

  test.each([
    'limits',
    'limits.extra',
    'limits.',
    'limits.nope',
    'limits.perMinute.x',
    'tier.x',
    'nope.x',
    'constructor.name',
    '',
  ])('%p names no member', (path) => {
    expect(findMember(contract, path)).toBeUndefined();
  });
});

describe('a member that is set', () => {
  test('a member that is set leaves the others as they are', () => {
    const before = { perMinute: 1, burst: { size: 2, kept: true } };

    expect(setMember(before, ['burst', 'size'], 3)).toEqual({
      perMinute: 1,
      burst: { size: 3, kept: true },
    });
    expect(before.burst.size).toBe(2);
  });

  test.each([undefined, null, 'text', [1]])(
    'a member that is set replaces %j with an object',
    (current) => {
      expect(setMember(current, ['a', 'b'], 1)).toEqual({ a: { b: 1 } });
    },
  );

  test('a member that is set stays data whatever its name', () => {
    const object = setMember({}, ['__proto__'], { polluted: true });

    expect(Object.keys(object)).toEqual(['__proto__']);
    expect('polluted' in object).toBe(false);
  });
});

test('every member that the contract names has a path, outer members first', () => {
  expect(listMemberPaths(contract)).toEqual([
    'limits.perMinute',
    'limits.burst',
    'limits.burst.size',
    'limits.a.b',
  ]);
});

test.each([
  [['a'], { b: 2 }],
  [['b', 'c'], 3],
  [['b', 'nope'], undefined],
  [['constructor'], undefined],
  [['b', 'c', 'length'], undefined],
])('the member %j is read by own names only', (path, value) => {
  expect(readMember({ a: { b: 2 }, b: { c: 3 } }, path)).toEqual(value);
});

describe('a member that is removed', () => {
  test.each([
    [['a'], { b: { c: 1, d: 2 } }],
    [['b', 'c'], { a: 1, b: { d: 2 } }],
    [['nope'], { a: 1, b: { c: 1, d: 2 } }],
    [['a', 'nope'], { a: 1, b: { c: 1, d: 2 } }],
  ])('a member that is removed at %j leaves the others as they are', (path, rest) => {
    expect(removeMember({ a: 1, b: { c: 1, d: 2 } }, path)).toEqual(rest);
  });

  test('a member that is removed takes the objects with it that it leaves empty', () => {
    expect(removeMember({ a: { b: { c: 1 } }, d: 1 }, ['a', 'b', 'c'])).toEqual({ d: 1 });
  });
});
