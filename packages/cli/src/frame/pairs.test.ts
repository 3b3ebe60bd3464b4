import { expect, test } from '@jest/globals';
import { splitPairs } from './input.ts';

test('splitPairs splits at the first equals sign', () => {
  expect(splitPairs(['a=1', 'b=x=y', 'c='], 'claim')).toEqual({
    pairs: [
      ['a', '1'],
      ['b', 'x=y'],
      ['c', ''],
    ],
    faults: [],
  });
});

test('a string without a name or a value is counted, with what is missing, and not quoted', () => {
  expect(splitPairs(['a=1', 'hunter2', '=2'], 'claim').faults).toEqual([
    { path: 'claim number 2', problem: 'no "=value"', expected: 'name=value' },
    { path: 'claim number 3', problem: 'no name', expected: 'name=value' },
  ]);
});

test('splitPairs names what was given more than once, once', () => {
  expect(splitPairs(['a=1', 'b=1', 'a=2', 'a=1'], 'claim').faults).toEqual([
    { path: 'a', problem: 'given more than once', expected: 'one value' },
  ]);
});
