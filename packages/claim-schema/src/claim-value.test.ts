import { describe, expect, test } from '@jest/globals';
import { claimTypeOf, describeKind, isOfClaimType, isSafeNumber } from './claim-value.ts';

function nest(levels: number): object {
  return levels === 0 ? {} : { down: nest(levels - 1) };
}

const NO_CLAIM_VALUES: [string, unknown][] = [
  ['null', null],
  ['undefined', undefined],
  ['a function', () => 1],
  ['a big integer', 1n],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['2^53', 2 ** 53],
  ['-2^53', -(2 ** 53)],
  ['a mixed array', ['a', 1]],
  ['a nested array', [['a']]],
  ['an array of objects', [{}]],
  ['an array with null', [null]],
  ['an object with undefined', { a: undefined }],
  ['an object with 2^53', { a: [2 ** 53] }],
  ['29 levels', nest(29)],
];

describe('the type of a claim', () => {
  test.each([
    ['', 'string'],
    ['text', 'string'],
    [0, 'number'],
    [0.5, 'number'],
    [1e300 / 3, undefined],
    [Number.MAX_SAFE_INTEGER, 'number'],
    [Number.MIN_SAFE_INTEGER, 'number'],
    [false, 'boolean'],
    [[], 'string[]'],
    [['a', 'b'], 'string[]'],
    [[1, 2], 'number[]'],
    [[true], 'boolean[]'],
    [{}, 'object'],
    [{ a: null, b: [1, 'x', { c: [] }] }, 'object'],
    [nest(28), 'object'],
  ])('the type of a claim of %j is %s', (value, expected) => {
    expect(claimTypeOf(value)).toBe(expected);
  });

  test.each(NO_CLAIM_VALUES)('the type of a claim of %s is none', (_what, value) => {
    expect(claimTypeOf(value)).toBeUndefined();
  });
});

describe('a value of a type', () => {
  test.each([
    ['string[]', true],
    ['number[]', true],
    ['boolean[]', true],
    ['string', false],
    ['object', false],
  ] as const)('a value of a type may be an empty array for %s: %s', (type, isExpected) => {
    expect(isOfClaimType([], type)).toBe(isExpected);
  });

  test.each([
    ['x', 'string', true],
    ['x', 'number', false],
    [['x'], 'string[]', true],
    [['x'], 'number[]', false],
    [{}, 'object', true],
    [null, 'object', false],
  ] as const)('%j is a %s: %s', (value, type, isExpected) => {
    expect(isOfClaimType(value, type)).toBe(isExpected);
  });
});

describe('the description of a value', () => {
  test.each([
    [null, 'null'],
    ['secret', 'string'],
    [5, 'number'],
    [2 ** 60, 'a number beyond 2^53'],
    [['secret'], 'string[]'],
    [['secret', 1], 'a mixed or nested array'],
    [{ secret: 1 }, 'object'],
    [undefined, 'undefined'],
  ])('the description of a value never quotes it: %j', (value, expected) => {
    expect(describeKind(value)).toBe(expected);
  });
});

test.each([
  [2 ** 53 - 1, true],
  [2 ** 53, false],
  [-(2 ** 53 - 1), true],
  [-(2 ** 53), false],
  [0.1, true],
  [Number.NaN, false],
  [Number.NEGATIVE_INFINITY, false],
])('%d travels through JSON without loss: %s', (value, isSafe) => {
  expect(isSafeNumber(value)).toBe(isSafe);
});
